using Microsoft.Extensions.Logging;

namespace MlHub.Server;

/// <summary>The options of an <see cref="MlHubServer"/>.</summary>
public sealed record MlHubServerOptions
{
    /// <summary>The port on the loopback address 127.0.0.1.</summary>
    /// <value>0 to 65535. The default is 0: any free port.</value>
    public int Port { get; init; }

    /// <summary>The API keys that the server accepts.</summary>
    /// <value>At least one key, and no empty ones. The default is <see cref="MlHubServer.DefaultApiKey"/>.</value>
    public IReadOnlyList<string> ApiKeys { get; init; } = [MlHubServer.DefaultApiKey];

    /// <summary>The hub to serve. The server does not dispose it, because several servers may share one.</summary>
    /// <value>The default is a new <see cref="SandboxHub"/>.</value>
    public IHub? Hub { get; init; }

    /// <summary>
    /// Receives one line for each request, with method, path, status and duration. It contains no query, and so no key.
    /// </summary>
    /// <value>The default is <see langword="null"/>: nothing is logged, and nothing is ever written to the console.</value>
    public ILoggerFactory? LoggerFactory { get; init; }
}
