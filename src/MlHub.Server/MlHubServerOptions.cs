using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlHub.Server;

/// <summary>The options of an <see cref="MlHubServer"/>.</summary>
public sealed record MlHubServerOptions
{
    /// <summary>The address to listen on: <see cref="IPAddress.Any"/> or <see cref="IPAddress.IPv6Any"/> for all addresses of this machine, or one of them.</summary>
    /// <value>
    /// The default is <see cref="IPAddress.Loopback"/>: only this machine can connect. For other addresses, use a <see cref="Certificate"/> or a reverse proxy; otherwise keys are sent in
    /// clear text.
    /// </value>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port on <see cref="Address"/>.</summary>
    /// <value>0 to 65535. The default is 0: any free port.</value>
    public int Port { get; init; }

    /// <summary>The API keys that the server accepts.</summary>
    /// <value>None of them empty. The default is empty: the server generates a key, which <see cref="MlHubServer.ApiKey"/> returns.</value>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>
    /// The path of a file with more keys that the server accepts: a <see cref="MlHubServerKeysFile"/>. It is read again after each change, so new and revoked keys need no restart. If a
    /// changed file cannot be used, the former keys stay in use, and a warning is logged.
    /// </summary>
    /// <value>The default is <see langword="null"/>: only <see cref="ApiKeys"/> are accepted. With a file, no key is generated.</value>
    public string? KeysFile { get; init; }

    /// <summary>Whether items, archives and catalogues are open to everybody who can connect. Without it, they need a key. It cannot be combined with keys.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool AllowAnonymous { get; init; }

    /// <summary>The certificate for TLS. With it, the server accepts only https (HTTP/1.1), and also the host names of the certificate.</summary>
    /// <value>The default is <see langword="null"/>: the server accepts only http.</value>
    public MlHubServerCertificate? Certificate { get; init; }

    /// <summary>
    /// The origins whose web pages may use the server (CORS), such as <c>https://browser.example.org</c>, or <c>*</c> for all. Pages may send a key, but the browser sends no cookies.
    /// </summary>
    /// <value>Each origin is a scheme, a host and perhaps a port, without a path. The default is empty: browsers keep responses from pages of other origins.</value>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>
    /// Receives one log record for each request, with method, path, status, duration, bytes and the name of the key. It contains no query, and therefore no key.
    /// Successful probes (<c>/healthz</c>, <c>/readyz</c>) are not logged.
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
    /// The address that a client has connected to is accepted, too, and so is the name of this machine if <see cref="Address"/> is not a loopback address.
    /// A request for another host gets a 421, so links contain only these names.
    /// </summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The limits for clients.</summary>
    /// <value>The default is an unchanged <see cref="MlHubServerLimits"/>.</value>
    public MlHubServerLimits Limits { get; init; } = new();

    /// <summary>The clock of <see cref="MlHubServerLimits.RequestsPerSecond"/> and of keys that expire.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Middleware that runs before each request is handled, in this order. Use it to observe requests, or to respond to some of them in another way.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<Func<HttpContext, RequestDelegate, Task>> Middleware { get; init; } = [];
}
