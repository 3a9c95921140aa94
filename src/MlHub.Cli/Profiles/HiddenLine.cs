using System.Text;

namespace MlHub.Cli;

/// <summary>Reads a line from the terminal of which nothing shows, not even its length.</summary>
internal static class HiddenLine
{
    public static Task<string> AskAsync(string question, CancellationToken cancellationToken)
    {
        // Looking for a key turns the echo off, as reading one does: what is pasted the moment the question appears must not show either.
        _ = Console.KeyAvailable;
        Console.Error.Write(question);

        // The thread stays behind when Ctrl-C ends the wait; the process ends with it, and the runtime sets the terminal right.
        return Task.Run(Read, CancellationToken.None).WaitAsync(cancellationToken);
    }

    private static string Read()
    {
        var line = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    return line.ToString();
                case ConsoleKey.Backspace when line.Length > 0:
                    line.Length--;
                    break;
                case ConsoleKey.U when key.Modifiers == ConsoleModifiers.Control:
                    line.Clear();
                    break;
                case ConsoleKey.D when key.Modifiers == ConsoleModifiers.Control:
                    return line.ToString();
                default:
                    if (!char.IsControl(key.KeyChar))
                    {
                        line.Append(key.KeyChar);
                    }

                    break;
            }
        }
    }
}
