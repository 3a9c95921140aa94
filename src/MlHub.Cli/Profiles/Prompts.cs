using System.Text;

namespace MlHub.Cli;

/// <summary>Prompts on standard error and reads from the terminal. Without a terminal, it reads only the key, from the first line of standard input.</summary>
internal sealed class Prompts(CommandEnvironment environment)
{
    /// <summary>A limit, because a device or a binary file may have no line end.</summary>
    private const int MaxLineLength = 16 * 1024;

    /// <summary>Prompts for a secret, which is not shown.</summary>
    /// <exception cref="WrongUsageException">There is no terminal, and standard input is empty.</exception>
    public async Task<string> AskSecretAsync(string prompt, CancellationToken cancellationToken)
    {
        if (environment.AskSecretAsync is not { } ask)
        {
            return await NextLineAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new WrongUsageException("there is no terminal to ask for the API key: use --api-key, or write the key to the first line of standard input.");
        }

        try
        {
            return await ask(prompt, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The line end that the user typed was not shown.
            await environment.Error.WriteLineAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Prompts for a line; null if there is no terminal, or standard input has ended.</summary>
    public async Task<string?> AskAsync(string prompt, CancellationToken cancellationToken)
    {
        if (environment.AskSecretAsync is null)
        {
            return null;
        }

        await environment.Error.WriteAsync(PlainText.OneLine(prompt)).ConfigureAwait(false);
        await environment.Error.FlushAsync(cancellationToken).ConfigureAwait(false);
        return await NextLineAsync(cancellationToken).ConfigureAwait(false);
    }

    // Reading from a terminal blocks. It runs on another thread, so that Ctrl-C still ends the wait.
    private Task<string?> NextLineAsync(CancellationToken cancellationToken) =>
        Task.Run(NextLine, CancellationToken.None).WaitAsync(cancellationToken);

    private string? NextLine()
    {
        var line = new StringBuilder();
        int next;
        while ((next = environment.Input.Read()) is not (-1 or '\n') && line.Length < MaxLineLength)
        {
            line.Append((char)next);
        }

        return next == -1 && line.Length == 0 ? null : line.ToString();
    }
}
