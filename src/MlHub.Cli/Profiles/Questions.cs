namespace MlHub.Cli;

/// <summary>Asks on standard error, and takes the answer from the terminal, or from the next line of standard input where that is none.</summary>
internal sealed class Questions(CommandEnvironment environment)
{
    /// <summary>An answer that does not show; null where there is none.</summary>
    public async Task<string?> AskSecretAsync(string question, CancellationToken cancellationToken)
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

    /// <summary>An answer; null where standard input has ended.</summary>
    public async Task<string?> AskAsync(string question, CancellationToken cancellationToken)
    {
        if (environment.AskSecretAsync is not null)
        {
            await environment.Error.WriteAsync(question).ConfigureAwait(false);
            await environment.Error.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        return await NextLineAsync(cancellationToken).ConfigureAwait(false);
    }

    // A terminal blocks whoever reads from it: on a thread of its own, so that Ctrl-C still ends the wait.
    private Task<string?> NextLineAsync(CancellationToken cancellationToken) =>
        Task.Run(environment.Input.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
}
