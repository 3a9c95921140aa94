using System.Net;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>
/// Refuses requests for unknown hosts. Links contain the host of the request, and a web page can use a host name that resolves to this machine (DNS rebinding).
/// </summary>
internal sealed class AllowedHosts(IEnumerable<string> hosts, Uri? publicUrl)
{
    // Clients send an international host name in its ASCII form, and an IPv6 address in brackets.
    private readonly HashSet<string> _hosts = new(
        [.. hosts, .. publicUrl is null ? [] : new[] { publicUrl.Host, publicUrl.IdnHost }, "127.0.0.1", "localhost", "[::1]"],
        StringComparer.OrdinalIgnoreCase);

    public Task CheckAsync(HttpContext context, RequestDelegate next) =>
        IsInMemory(context) || (IsKnown(context.Request.Host) && context.Request.Host.Port is not (0 or > IPEndPoint.MaxPort))
            ? next(context)
            : new ErrorResponse(StatusCodes.Status421MisdirectedRequest, "This server does not serve the host of the request.").ExecuteAsync(context);

    // Only this process can connect in memory.
    private static bool IsInMemory(HttpContext context) => context.Connection.RemoteIpAddress is null;

    // HTTP/1.0 clients may send no host. Every browser sends one.
    private bool IsKnown(HostString host) => !host.HasValue || _hosts.Contains(host.Host);
}
