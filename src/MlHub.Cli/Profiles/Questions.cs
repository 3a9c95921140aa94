using System.Text;

namespace MlHub.Cli;

/// <summary>Asks on standard error. Reads the answer from the terminal. Without a terminal it reads only the key: the first line of standard input.</summary>
internal sealed class Questions(CommandEnvironment environment)
{
    /// <summary>More characters than any answer has. A device, or a file that is not text, need not have a line end.</summary>
    private const int LongestLine = 16 * 1024;

    /// <summary>Asks for a secret, which is not shown.</summary>
    /// <exception cref="WrongUsageException">There is neither a terminal nor a line.</exception>
    public async Task<string> AskSecretAsync(string question, CancellationToken cancellationToken)
    {
        if (environment.AskSecretAsync is not { } ask)
        {
            return await NextLineAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new WrongUsageException("there is no terminal to ask for the API key: use --api-key, or write the key to the first line of standard input.");
        }

        try
        {
            return await ask(question, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The line end that was typed was not shown either.
            await environment.Error.WriteLineAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Asks; null if there is no terminal, or standard input has ended.</summary>
    public async Task<string?> AskAsync(string question, CancellationToken cancellationToken)
    {
        if (environment.AskSecretAsync is null)
        {
            return null;
        }

        await environment.Error.WriteAsync(PlainText.OneLine(question)).ConfigureAwait(false);
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
        while ((next = environment.Input.Read()) is not (-1 or '\n') && line.Length < LongestLine)
        {
            line.Append((char)next);
        }

        return next == -1 && line.Length == 0 ? null : line.ToString();
    }
}
