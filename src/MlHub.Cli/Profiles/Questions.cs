using System.Text;

namespace MlHub.Cli;

/// <summary>Asks on standard error and takes the answer from the terminal. Without one, the key alone is read: the first line of standard input.</summary>
internal sealed class Questions(CommandEnvironment environment)
{
    /// <summary>More characters than any answer has. A device or a file that is no text need not have a line end.</summary>
    private const int LongestLine = 16 * 1024;

    /// <summary>An answer that does not show.</summary>
    /// <exception cref="WrongUsageException">There is neither a terminal nor a line.</exception>
    public async Task<string> AskSecretAsync(string question, CancellationToken cancellationToken)
    {
        if (environment.AskSecretAsync is not { } ask)
        {
            return await NextLineAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new WrongUsageException("there is no terminal to ask for the API key on: give --api-key, or the key as the first line of standard input.");
        }

        try
        {
            return await ask(question, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The Enter that ended the answer did not show either.
            await environment.Error.WriteLineAsync().ConfigureAwait(false);
        }
    }

    /// <summary>An answer; null where there is no terminal to ask on, or standard input has ended.</summary>
    public async Task<string?> AskAsync(string question, CancellationToken cancellationToken)
    {
        if (environment.AskSecretAsync is null)
        {
            return null;
        }

        await environment.Error.WriteAsync(question).ConfigureAwait(false);
        await environment.Error.FlushAsync(cancellationToken).ConfigureAwait(false);
        return await NextLineAsync(cancellationToken).ConfigureAwait(false);
    }

    // A terminal blocks whoever reads from it: on a thread of its own, so that Ctrl-C still ends the wait.
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
