using System.Net;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>
/// Refuses requests for another host: links repeat the host that a request names, and a page in a browser can have a name of its own point to this machine.
/// </summary>
internal sealed class KnownHosts(IEnumerable<string> hosts, Uri? publicUrl)
{
    // A client names an international host in its ASCII form, and an IPv6 address in brackets.
    private readonly HashSet<string> _hosts = new(
        [.. hosts, .. publicUrl is null ? [] : new[] { publicUrl.Host, publicUrl.IdnHost }, "127.0.0.1", "localhost", "[::1]"],
        StringComparer.OrdinalIgnoreCase);

    public Task CheckAsync(HttpContext context, RequestDelegate next) =>
        IsInMemory(context) || (IsKnown(context.Request.Host) && context.Request.Host.Port is not (0 or > IPEndPoint.MaxPort))
            ? next(context)
            : new Failure(StatusCodes.Status421MisdirectedRequest, "This server does not answer for the host that the request names.").ExecuteAsync(context);

    // Only this process reaches the server in memory.
    private static bool IsInMemory(HttpContext context) => context.Connection.RemoteIpAddress is null;

    // A client of HTTP/1.0 need not name a host. Every browser does.
    private bool IsKnown(HostString host) => !host.HasValue || _hosts.Contains(host.Host);
}
