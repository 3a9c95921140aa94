namespace MlHub.Cli;

/// <summary>Asks on standard error. Reads the answer from the terminal, or from the next line of standard input if that is not a terminal.</summary>
internal sealed class Questions(CommandEnvironment environment)
{
    /// <summary>Asks for a secret, which is not shown; null if there is no answer.</summary>
    public async Task<string?> AskSecretAsync(string question, CancellationToken cancellationToken)
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

    /// <summary>Asks; null if standard input has ended.</summary>
    public async Task<string?> AskAsync(string question, CancellationToken cancellationToken)
    {
        if (environment.AskSecretAsync is not null)
        {
            await environment.Error.WriteAsync(question).ConfigureAwait(false);
            await environment.Error.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        return await NextLineAsync(cancellationToken).ConfigureAwait(false);
    }

    // Reading from a terminal blocks. It runs on another thread, so that Ctrl-C still ends the wait.
    private Task<string?> NextLineAsync(CancellationToken cancellationToken) =>
        Task.Run(environment.Input.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
}
