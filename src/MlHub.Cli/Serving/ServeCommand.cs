using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using MlHub.Hub;
using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Cli;

/// <summary><c>mlhub serve</c>: serves a directory, a hub definition, or the sandbox, until Ctrl-C.</summary>
internal sealed class ServeCommand
{
    private const int DefaultPort = 8765;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1.5);

    private readonly Argument<string?> _directory = new Argument<string?>("DIR")
    {
        Description = "The directory to serve: archives (*.tar.gz), catalogues and assets that were downloaded, or any static STAC catalogue. Default: the hub of --hub, or the sandbox.",
        Arity = ArgumentArity.ZeroOrOne,
    }.NotEmpty();

    private readonly Option<bool> _check = new("--check")
    {
        Description = "Print what would be served from DIR or --hub and what not, and why not.",
    };

    private readonly Option<string> _index = new Option<string>("--index")
    {
        HelpName = "PATH",
        Description = "The folder for the index. Default: DIR/.mlhub, or a temporary folder if DIR is read-only. With --hub: a folder of the user's cache.",
    }.NotEmpty();

    private readonly Option<int?> _port = new("--port")
    {
        HelpName = "P",
        Description = $"The port on 127.0.0.1. 0 uses any free port. Default: {DefaultPort}.",
        CustomParser = Values.Number("--port", min: 0, max: 65535),
    };

    public static Command Create(CommandFactory factory)
    {
        var choices = new ServeCommand();
        return factory.WithBody(
            new Command("serve", "Serve a directory of downloads, a hub definition, or the sandbox, and show how to use it with the SDK and the Python client.") { choices._directory, choices._check, choices._index, choices._port },
            choices.RunAsync);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Profile is not null || run.RootUrl is not null || run.Sandbox)
        {
            throw new WrongUsageException("\"mlhub serve\" is a server itself: leave out --profile, --root-url and --sandbox.");
        }

        if (run.ApiKeys.Any(string.IsNullOrWhiteSpace))
        {
            throw new WrongUsageException("--api-key must not be empty.");
        }

        if (run.Hub is { } definition)
        {
            return run.Parsed.GetValue(_directory) is null
                ? await ServeDefinitionAsync(run, definition, cancellationToken).ConfigureAwait(false)
                : throw new WrongUsageException("DIR and --hub are two hubs: leave out one of them.");
        }

        if (run.Parsed.GetValue(_directory) is not { } directory)
        {
            return run.Value(_check) || run.Value(_index) is not null
                ? throw new WrongUsageException("--check and --index need a directory or a hub: mlhub serve DIR, or mlhub serve --hub FILE.")
                : await ServeSandboxAsync(run, cancellationToken).ConfigureAwait(false);
        }

        directory = DownloadChoices.Directory(run, "DIR", directory);
        if (!Directory.Exists(directory))
        {
            throw new WrongUsageException($"there is no directory '{directory}'.");
        }

        return await ServeDirectoryAsync(run, directory, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> ServeSandboxAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var log = new MessagesLog(run.Messages);
        var server = await StartAsync(() => ServedHub.OfSandboxAsync(Options(run, log), cancellationToken), run).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            await ServeAsync(run, server, "the sandbox", cancellationToken).ConfigureAwait(false);
            return ExitCode.Success;
        }
    }

    private async Task<int> ServeDirectoryAsync(CommandRun run, string directory, CancellationToken cancellationToken)
    {
        var check = run.Value(_check);
        var options = new DirectoryHubOptions
        {
            IndexDirectory = run.Value(_index) is { } index ? DownloadChoices.Directory(run, "--index", index) : null,
            Progress = new IndexMessages(run, directory),

            // What is indexed is served at once, and compared with the directory afterwards.
            TrustIndex = !check,
        };
        var hub = await DirectoryHub.OpenAsync(directory, options, cancellationToken).ConfigureAwait(false);
        return await ServeIndexAsync(run, hub, directory, directory, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> ServeDefinitionAsync(CommandRun run, string name, CancellationToken cancellationToken)
    {
        var index = run.Value(_index) is { } chosen ? DownloadChoices.Directory(run, "--index", chosen) : null;
        var hub = await HubChoice.OpenAsync(run, name, new DefinedHubOptions { IndexDirectory = index, TrustIndex = !run.Value(_check) }, cancellationToken).ConfigureAwait(false);
        return await ServeIndexAsync(run, hub, name, $"--hub {name}", cancellationToken).ConfigureAwait(false);
    }

    /// <param name="run">The run.</param>
    /// <param name="hub">The hub. It is disposed.</param>
    /// <param name="name">What is served.</param>
    /// <param name="arguments">How it is named on the command line.</param>
    /// <param name="cancellationToken">Stops the server.</param>
    private async Task<int> ServeIndexAsync(CommandRun run, IndexedHub hub, string name, string arguments, CancellationToken cancellationToken)
    {
        if (run.Value(_check))
        {
            await using (hub.ConfigureAwait(false))
            {
                return await DirectoryCheck.RunAsync(run, hub, cancellationToken).ConfigureAwait(false);
            }
        }

        using var log = new MessagesLog(run.Messages);
        var server = await StartAsync(() => ServedHub.OfIndexAsync(hub, Options(run, log), cancellationToken), run).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var refreshing = RefreshAsync(run, hub, name, arguments, stop.Token);
            await ServeAsync(run, server, $"'{name}'", cancellationToken).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await refreshing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCode.Success;
        }
    }

    private static async Task RefreshAsync(CommandRun run, IndexedHub hub, string name, string arguments, CancellationToken cancellationToken)
    {
        try
        {
            // A bucket that was listed just now is not listed again.
            if (hub is not DefinedHub { ListedAt: not null })
            {
                if (await Task.Run(() => hub.RefreshAsync(cancellationToken), cancellationToken).ConfigureAwait(false))
                {
                    run.Messages.Note($"'{name}' has changed: what is new is served now");
                }

                HubChoice.Warn(run, hub);
            }

            if (hub.ListLeftOut().Count is > 0 and var leftOut)
            {
                run.Messages.Note($"{leftOut} files of '{name}' are not served: \"mlhub serve {arguments} --check\" says why");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            run.Messages.Warning($"changes in '{name}' are not served: {Messages.Describe(error)}");
        }
    }

    private static async Task ServeAsync(CommandRun run, ServedHub server, string what, CancellationToken cancellationToken)
    {
        await run.Output.WriteAsync(ServeGuide.For(run, server.RootUrl, run.ApiKeys.Count > 0 ? null : server.ApiKey, what)).ConfigureAwait(false);
        await run.Output.FlushAsync().ConfigureAwait(false);

        // Ctrl-C is the usual way to stop the server. Responses in progress may finish, but only for a short time.
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var timeout = new CancellationTokenSource(StopTimeout);
        await server.StopAsync(timeout.Token).ConfigureAwait(false);
    }

    private MlHubServerOptions Options(CommandRun run, ILoggerFactory log) => new()
    {
        Port = run.Value(_port) ?? DefaultPort,
        ApiKeys = run.ApiKeys,
        LoggerFactory = log,
    };

    private async Task<ServedHub> StartAsync(Func<Task<ServedHub>> start, CommandRun run)
    {
        try
        {
            return await start().ConfigureAwait(false);
        }
        catch (IOException error)
        {
            // Kestrel wraps the SocketException, and not always at the same depth.
            var isTaken = error.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
                || error.InnerException?.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };
            throw new MlHubException($"port {run.Value(_port) ?? DefaultPort} of 127.0.0.1 {(isTaken ? "is in use" : "cannot be used")}. Use another --port, or --port 0 for any free port.", error);
        }
    }
}
