using System.CommandLine;

namespace MlHub.Cli;

/// <summary>The command <c>mlhub</c>. The process and the tests run it in the same way.</summary>
internal static class MlHubCommand
{
    /// <summary>Runs the command once.</summary>
    /// <param name="args">The arguments after <c>mlhub</c> on the command line.</param>
    /// <param name="environment">Where input comes from and output goes to.</param>
    /// <param name="cancellationToken">Interrupts the command. Its downloads can be resumed.</param>
    /// <returns>The exit code; see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandEnvironment environment, CancellationToken cancellationToken)
    {
        var factory = new CommandFactory(environment);

        // Response files (@file) are off, because an id may begin with @.
        var parsed = Root(factory).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var messages = factory.Messages(parsed);
        try
        {
            if (args.Count == 0)
            {
                await WriteAsync(environment, HelpPage.Of(parsed.RootCommandResult.Command, parsed.RootCommandResult.Command, environment)).ConfigureAwait(false);
                return ExitCode.Success;
            }

            if (WrongUsage.Find(parsed) is { } wrong)
            {
                throw wrong;
            }

            return await InvokeAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            messages.Error("interrupted");
            return ExitCode.Interrupted;
        }
        catch (Exception error)
        {
            messages.Error(error);
            return ExitCode.Of(error);
        }
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, CommandEnvironment environment, CancellationToken cancellationToken)
    {
        var output = new StandardOutput(environment.Output);
        var configuration = new InvocationConfiguration
        {
            Output = output.Writer,
            Error = environment.Error,
            EnableDefaultExceptionHandler = false,

            // Only Interruption handles signals.
            ProcessTerminationTimeout = null,
        };
        var exitCode = await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
        return exitCode;
    }

    private static async Task WriteAsync(CommandEnvironment environment, string text)
    {
        var output = new StandardOutput(environment.Output);
        await output.WriteAsync(text).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }

    internal static RootCommand Root(CommandFactory factory)
    {
        var root = new RootCommand("Browse and download Radiant MLHub datasets: training data for machine learning on Earth observation.")
        {
            ConfigureCommand.Create(factory),
            ProfilesCommand.Create(factory),
            DatasetsCommand.Create(factory),
            CollectionsCommand.Create(factory),
            ItemsCommand.Create(factory),
            AssetsCommand.Create(factory),
            ModelsCommand.Create(factory),
            ArchivesCommand.Create(factory),
            CatalogsCommand.Create(factory),
            GetCommand.Create(factory),
            DownloadCommand.Create(factory),
            VerifyCommand.Create(factory),
            ServeCommand.Create(factory),
            KeysCommand.Create(factory),
            MirrorCommand.Create(factory),
            DoctorCommand.Create(factory),
            CompletionCommand.Create(factory),
            CompletionCommand.CreateCandidates(factory),
            HelpCommand.Create(factory),
        };
        root.HelpName = "mlhub";
        root.Options.Clear();
        factory.Options.AddTo(root);
        return root;
    }
}
