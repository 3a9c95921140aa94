using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlHub.Server;

/// <summary>Where an <see cref="MlHubServer"/> serves, and to whom.</summary>
public sealed record MlHubServerOptions
{
    /// <summary>The port on the loopback address 127.0.0.1.</summary>
    /// <value>0 to 65535. The default is 0: any free port.</value>
    public int Port { get; init; }

    /// <summary>The API keys that the server accepts.</summary>
    /// <value>None of them empty. The default is empty: the server makes up a key, and <see cref="MlHubServer.ApiKey"/> tells it.</value>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>
    /// Receives one line for each request, with method, path, status and duration. It contains no query, and so no key.
    /// </summary>
    /// <value>The default is <see langword="null"/>: nothing is logged, and nothing is ever written to the console.</value>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>
    /// The URL at which clients reach this server, if a proxy stands in front of it: <c>https://hub.example.org/</c>. All links begin with it, whatever host a request names, and
    /// its host is one of <see cref="Hosts"/>.
    /// </summary>
    /// <value>Absolute, http or https; a path is allowed. The default is <see langword="null"/>: links begin with the host and port that the request named.</value>
    public Uri? PublicUrl { get; init; }

    /// <summary>
    /// Host names by which clients may call the server, besides <c>127.0.0.1</c>, <c>localhost</c> and <c>[::1]</c>; without ports, because a forwarded port differs.
    /// A request that names another host is answered with 421, so no link ever contains a name that is not listed here.
    /// </summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>What a client gets at most.</summary>
    /// <value>The default is <see cref="MlHubServerLimits"/> as it comes.</value>
    public MlHubServerLimits Limits { get; init; } = new();

    /// <summary>The clock by which <see cref="MlHubServerLimits.RequestsPerSecond"/> is counted.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What each request passes before it is answered, the first of these first: to watch requests, or to answer some of them in another way.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<Func<HttpContext, RequestDelegate, Task>> Middleware { get; init; } = [];
}
