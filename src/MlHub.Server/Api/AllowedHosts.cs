using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>
/// Refuses requests for unknown hosts. Links contain the host of the request, and a web page can use a host name that resolves to this machine (DNS rebinding). It cannot use an address that
/// way, so the address that a client has connected to is accepted.
/// </summary>
/// <param name="hosts">The names that are accepted, in addition to those of this machine.</param>
/// <param name="publicUrl">The public URL, whose host is accepted.</param>
/// <param name="certificate">The certificate, whose names are accepted; null without TLS.</param>
internal sealed class AllowedHosts(IEnumerable<string> hosts, Uri? publicUrl, WatchedFiles<ServerCertificate>? certificate)
{
    // Clients send an international host name in its ASCII form, and an IPv6 address in brackets.
    private readonly HashSet<string> _hosts = new(
        [.. hosts, .. publicUrl is null ? [] : new[] { publicUrl.Host, publicUrl.IdnHost }, "127.0.0.1", "localhost", "[::1]"],
        StringComparer.OrdinalIgnoreCase);

    public Task CheckAsync(HttpContext context, RequestDelegate next) =>
        IsInMemory(context) || (IsKnown(context) && context.Request.Host.Port is not (0 or > IPEndPoint.MaxPort))
            ? next(context)
            : new ErrorResponse(StatusCodes.Status421MisdirectedRequest, "This server does not serve the host of the request.").ExecuteAsync(context);

    // Only this process can connect in memory.
    private static bool IsInMemory(HttpContext context) => context.Connection.RemoteIpAddress is null;

    // HTTP/1.0 clients may send no host. Every browser sends one.
    private bool IsKnown(HttpContext context) => context.Request.Host is not { HasValue: true, Host: var host } || _hosts.Contains(host)
        || IsAddress(host, context.Connection.LocalIpAddress) || (certificate?.Current.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase) ?? false);

    private static bool IsAddress(string host, IPAddress? address)
    {
        // Other spellings of an IPv4 address, such as 127.1, are not accepted.
        var own = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return own?.AddressFamily == AddressFamily.InterNetworkV6
            ? host.StartsWith('[') && IPAddress.TryParse(host.Trim('[', ']'), out var given) && given.GetAddressBytes().AsSpan().SequenceEqual(own.GetAddressBytes())
            : host == own?.ToString();
    }
}
