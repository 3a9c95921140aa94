using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using MlHub.Sandbox;
using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Cli;

/// <summary><c>mlhub serve</c>: serves the sandbox until Ctrl-C.</summary>
internal static class ServeCommand
{
    private const int DefaultPort = 8765;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1.5);

    public static Command Create(CommandFactory factory)
    {
        var port = new Option<int?>("--port")
        {
            HelpName = "P",
            Description = $"The port on 127.0.0.1. 0 uses any free port. Default: {DefaultPort}.",
            CustomParser = Values.Number("--port", min: 0, max: 65535),
        };
        return factory.WithBody(
            new Command("serve", "Serve the sandbox, and show how to use it with the SDK and the Python client.") { port },
            (run, token) => ServeAsync(run, run.Value(port) ?? DefaultPort, token));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> ServeAsync(CommandRun run, int port, CancellationToken cancellationToken)
    {
        if (run.Profile is not null || run.RootUrl is not null || run.Sandbox)
        {
            throw new WrongUsageException("\"mlhub serve\" is a server itself: leave out --profile, --root-url and --sandbox.");
        }

        if (run.ApiKeys.Any(string.IsNullOrWhiteSpace))
        {
            throw new WrongUsageException("--api-key must not be empty.");
        }

        using var log = new MessagesLog(run.Messages);
        var server = await StartAsync(run, port, log, cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            await run.Output.WriteAsync(ServeGuide.For(run, server.RootUrl, run.ApiKeys.Count > 0 ? null : server.ApiKey)).ConfigureAwait(false);
            await run.Output.FlushAsync().ConfigureAwait(false);

            // Ctrl-C is the usual way to stop the server. Responses in progress may finish, but only for a short time.
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            using var timeout = new CancellationTokenSource(StopTimeout);
            await server.StopAsync(timeout.Token).ConfigureAwait(false);
            return ExitCode.Success;
        }
    }

    private static async Task<MlHubSandbox> StartAsync(CommandRun run, int port, ILoggerFactory log, CancellationToken cancellationToken)
    {
        var options = new MlHubServerOptions
        {
            Port = port,
            ApiKeys = run.ApiKeys,
            LoggerFactory = log,
        };
        try
        {
            return await MlHubSandbox.StartAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            // Kestrel wraps the SocketException, and not always at the same depth.
            var isTaken = error.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
                || error.InnerException?.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };
            throw new MlHubException($"port {port} of 127.0.0.1 {(isTaken ? "is in use" : "cannot be used")}. Use another --port, or --port 0 for any free port.", error);
        }
    }
}
