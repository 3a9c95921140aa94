using System.Text;

namespace MlHub.Cli;

/// <summary>Reads a line from the terminal without showing it, or its length.</summary>
internal static class HiddenLine
{
    public static Task<string> AskAsync(string prompt, CancellationToken cancellationToken)
    {
        // KeyAvailable turns the echo off, as ReadKey does. Text that is pasted when the prompt appears must not be shown either.
        _ = Console.KeyAvailable;
        Console.Error.Write(prompt);

        // After Ctrl-C the thread still waits. It ends with the process, and the runtime restores the terminal.
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
