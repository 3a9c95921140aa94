using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlHub.Server;

/// <summary>The options of an <see cref="MlHubServer"/>.</summary>
public sealed record MlHubServerOptions
{
    /// <summary>The port on the loopback address 127.0.0.1.</summary>
    /// <value>0 to 65535. The default is 0: any free port.</value>
    public int Port { get; init; }

    /// <summary>The API keys that the server accepts.</summary>
    /// <value>None of them empty. The default is empty: the server generates a key, which <see cref="MlHubServer.ApiKey"/> returns.</value>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>
    /// Receives one log record for each request, with method, path, status and duration. It contains no query, and therefore no key.
    /// </summary>
    /// <value>The default is <see langword="null"/>: nothing is logged. The server never writes to the console.</value>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>
    /// The URL of this server for clients behind a reverse proxy, such as <c>https://hub.example.org/</c>. All links begin with it, regardless of the host of a request. Its host is
    /// accepted like those of <see cref="Hosts"/>.
    /// </summary>
    /// <value>Absolute, http or https; a path is allowed. The default is <see langword="null"/>: links begin with the host and port of the request.</value>
    public Uri? PublicUrl { get; init; }

    /// <summary>
    /// The host names that clients may use, in addition to <c>127.0.0.1</c>, <c>localhost</c> and <c>[::1]</c>. They have no ports, because a forwarded port differs.
    /// A request for another host gets a 421, so links contain only these names.
    /// </summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The limits for clients.</summary>
    /// <value>The default is an unchanged <see cref="MlHubServerLimits"/>.</value>
    public MlHubServerLimits Limits { get; init; } = new();

    /// <summary>The clock of <see cref="MlHubServerLimits.RequestsPerSecond"/>.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Middleware that runs before each request is handled, in this order. Use it to observe requests, or to respond to some of them in another way.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<Func<HttpContext, RequestDelegate, Task>> Middleware { get; init; } = [];
}
