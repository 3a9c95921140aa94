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
    private const int MostMinutes = 7 * 24 * 60;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1.5);

    private readonly Argument<string?> _directory = new Argument<string?>("DIR")
    {
        Description = "The directory to serve: archives (*.tar.gz), catalogues and assets that were downloaded, or any static STAC catalogue. Default: the sandbox.",
        Arity = ArgumentArity.ZeroOrOne,
    }.NotEmpty();

    private readonly Option<bool> _check = new("--check")
    {
        Description = "Print what would be served from DIR and what not, and why not.",
    };

    private readonly Option<string> _index = new Option<string>("--index")
    {
        HelpName = "PATH|URL",
        Description = "The folder for the index. Default: DIR/.mlhub, or a temporary folder if DIR is read-only. With --hub: a folder of the user's cache. Several servers can share an index in PostgreSQL: postgresql://USER@HOST/DATABASE. The variable PGPASSWORD has the password.",
    }.NotEmpty();

    private readonly Option<int?> _refresh = new("--refresh")
    {
        HelpName = "MINUTES",
        Description = "Compare the index with the files again and again, every so many minutes. 0: never, because another server does it. Default: once, after the start.",
        CustomParser = Values.Number("--refresh", 0, MostMinutes),
    };

    private readonly Option<string> _logFormat = new("--log-format")
    {
        HelpName = "text|json",
        Description = "Write a line for each request to standard error: method, path, status, time, bytes and the name of the key. Default: only with --verbose, and without the time of day.",
        CustomParser = Values.OneOf("--log-format", ("text", "text"), ("json", "json")),
    };

    private readonly ListenChoices _listen = new();
    private readonly KeyChoices _keys = new();
    private readonly LimitChoices _limits = new();

    public static Command Create(CommandFactory factory)
    {
        var choices = new ServeCommand();
        var command = new Command("serve", "Serve a directory of downloads, a hub definition, or the sandbox, and show how to use it with the SDK and the Python client.") { choices._directory, choices._check, choices._index, choices._refresh };
        choices._keys.AddTo(command);
        choices._listen.AddTo(command);
        choices._limits.AddTo(command);
        command.Options.Add(choices._logFormat);
        return factory.WithBody(command, choices.RunAsync);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Profile is not null || run.RootUrl is not null || run.Sandbox)
        {
            throw new WrongUsageException("\"mlhub serve\" is a server itself: leave out --profile, --root-url and --sandbox.");
        }

        if (run.Value(_logFormat) is not null && run.Messages.Quiet)
        {
            throw new WrongUsageException("--quiet and --log-format cannot be combined.");
        }

        if (run.Hub is { } definition)
        {
            return run.Parsed.GetValue(_directory) is null
                ? await ServeIndexAsync(run, () => OpenDefinitionAsync(run, definition, cancellationToken), definition, $"--hub {definition}", cancellationToken).ConfigureAwait(false)
                : throw new WrongUsageException("DIR and --hub are two hubs: leave out one of them.");
        }

        if (run.Parsed.GetValue(_directory) is not { } directory)
        {
            return run.Value(_check) || run.Value(_index) is not null || run.Value(_refresh) is not null
                ? throw new WrongUsageException("--check, --index and --refresh need a directory: mlhub serve DIR.")
                : await ServeSandboxAsync(run, cancellationToken).ConfigureAwait(false);
        }

        directory = DownloadChoices.Directory(run, "DIR", directory);
        if (!Directory.Exists(directory))
        {
            throw new WrongUsageException($"there is no directory '{directory}'.");
        }

        return await ServeIndexAsync(run, () => OpenDirectoryAsync(run, directory, cancellationToken), directory, directory, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> ServeSandboxAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var log = Log(run);
        var options = Options(run, log);
        var server = await StartAsync(() => ServedHub.OfSandboxAsync(options, cancellationToken), options).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            await ServeAsync(run, server, options, "the sandbox", cancellationToken).ConfigureAwait(false);
            return ExitCode.Success;
        }
    }

    /// <param name="run">The run.</param>
    /// <param name="open">Opens the hub. It is disposed.</param>
    /// <param name="name">What is served.</param>
    /// <param name="arguments">How it is named on the command line.</param>
    /// <param name="cancellationToken">Stops the server.</param>
    private async Task<int> ServeIndexAsync(CommandRun run, Func<Task<IndexedHub>> open, string name, string arguments, CancellationToken cancellationToken)
    {
        if (run.Value(_check))
        {
            var checkedHub = await OpenAsync(open).ConfigureAwait(false);
            await using (checkedHub.ConfigureAwait(false))
            {
                return await DirectoryCheck.RunAsync(run, checkedHub, cancellationToken).ConfigureAwait(false);
            }
        }

        using var log = Log(run);
        var options = Options(run, log);
        var server = await StartAsync(() => ServedHub.StartAsync(options, cancellationToken), options).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            var hub = await OpenAsync(open).ConfigureAwait(false);
            server.Open(hub);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var refreshing = KeepFreshAsync(run, hub, name, arguments, stop.Token);
            await ServeAsync(run, server, options, $"'{name}'", cancellationToken).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await refreshing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCode.Success;
        }
    }

    private async Task<IndexedHub> OpenDirectoryAsync(CommandRun run, string directory, CancellationToken cancellationToken)
    {
        var options = new DirectoryHubOptions
        {
            IndexDirectory = IndexDirectory(run),
            IndexDatabase = IndexDatabase(run),
            Progress = new IndexMessages(run, directory),

            // What is indexed is served at once, and compared with the directory afterwards.
            TrustIndex = !run.Value(_check),
        };
        return await DirectoryHub.OpenAsync(directory, options, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IndexedHub> OpenDefinitionAsync(CommandRun run, string name, CancellationToken cancellationToken) =>
        await HubChoice.OpenAsync(run, name, new DefinedHubOptions { IndexDirectory = IndexDirectory(run), IndexDatabase = IndexDatabase(run), TrustIndex = !run.Value(_check) }, cancellationToken).ConfigureAwait(false);

    private string? IndexDirectory(CommandRun run) => run.Value(_index) is { } index && !IsDatabase(index) ? DownloadChoices.Directory(run, "--index", index) : null;

    private string? IndexDatabase(CommandRun run) => run.Value(_index) is { } index && IsDatabase(index) ? index : null;

    private static bool IsDatabase(string index) => index.Contains("://", StringComparison.Ordinal);

    private static async Task<IndexedHub> OpenAsync(Func<Task<IndexedHub>> open)
    {
        try
        {
            return await open().ConfigureAwait(false);
        }
        catch (FormatException error)
        {
            throw new WrongUsageException($"--index: {Messages.LowerFirstLetter(error.Message)}");
        }
    }

    private async Task KeepFreshAsync(CommandRun run, IndexedHub hub, string name, string arguments, CancellationToken cancellationToken)
    {
        var minutes = run.Value(_refresh);
        if (minutes == 0)
        {
            return;
        }

        // A bucket that was listed just now is not listed again.
        await RefreshAsync(run, hub, name, arguments, isFirst: true, compares: hub is not DefinedHub { ListedAt: not null }, cancellationToken).ConfigureAwait(false);
        while (minutes is { } every)
        {
            await Task.Delay(TimeSpan.FromMinutes(every), run.Environment.Clock, cancellationToken).ConfigureAwait(false);
            await RefreshAsync(run, hub, name, arguments, isFirst: false, compares: true, cancellationToken).ConfigureAwait(false);
        }
    }

    // A comparison that fails is repeated the next time.
    private static async Task RefreshAsync(CommandRun run, IndexedHub hub, string name, string arguments, bool isFirst, bool compares, CancellationToken cancellationToken)
    {
        try
        {
            var hasChanged = compares && await Task.Run(() => hub.RefreshAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
            if (hasChanged)
            {
                run.Messages.Note($"'{name}' has changed: what is new is served now");
            }

            if (compares)
            {
                HubChoice.Warn(run, hub);
            }

            if ((isFirst || hasChanged) && (await hub.ListLeftOutAsync(cancellationToken).ConfigureAwait(false)).Count is > 0 and var leftOut)
            {
                run.Messages.Note($"{leftOut} files of '{name}' are not served: \"mlhub serve {arguments} --check\" says why");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            run.Messages.Warning($"changes in '{name}' are not served: {Messages.Describe(error)}");
        }
    }

    private static async Task ServeAsync(CommandRun run, ServedHub server, MlHubServerOptions options, string what, CancellationToken cancellationToken)
    {
        if (ListenChoices.Warning(options) is { } warning)
        {
            run.Messages.Warning(warning);
        }

        var keys = KeyChoices.Explain(options);
        await run.Output.WriteAsync(ServeGuide.For(run, server.RootUrl, keys is null ? server.ApiKey : null, keys, what)).ConfigureAwait(false);
        await run.Output.FlushAsync().ConfigureAwait(false);

        // Ctrl-C is the usual way to stop the server. Responses in progress may finish, but only for a short time.
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var timeout = new CancellationTokenSource(StopTimeout);
        await server.StopAsync(timeout.Token).ConfigureAwait(false);
    }

    private ILoggerFactory Log(CommandRun run)
    {
        if (run.Value(_logFormat) is not { } format)
        {
            return new MessagesLog(run.Messages);
        }

        var log = new ServiceLog(run, asJson: format == "json");
        run.Messages.Sink = log.WriteMessage;
        return log;
    }

    private MlHubServerOptions Options(CommandRun run, ILoggerFactory log) =>
        _limits.Apply(run, _keys.Apply(run, _listen.Apply(run, new MlHubServerOptions { LoggerFactory = log })));

    private static async Task<ServedHub> StartAsync(Func<Task<ServedHub>> start, MlHubServerOptions options)
    {
        try
        {
            return await start().ConfigureAwait(false);
        }
        catch (InvalidDataException error)
        {
            var advice = options.KeysFile is { } file && !File.Exists(file) ? $" \"mlhub keys add NAME --keys {file}\" creates it." : "";
            throw new MlHubException(Messages.LowerFirstLetter(error.Message) + advice, error);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw ListenChoices.Explain(options, error);
        }
    }
}
