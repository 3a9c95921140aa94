using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>What tells clients without a key apart: the address of their connection. Behind a reverse proxy, that is the proxy.</summary>
internal static class ClientAddress
{
    private const int PrefixBytes = 8;

    public static string Of(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "memory",
        { IsIPv4MappedToIPv6: true } address => address.MapToIPv4().ToString(),

        // A client with IPv6 usually has all addresses of its /64 (RFC 6177), and may use another one for each request.
        { AddressFamily: AddressFamily.InterNetworkV6 } address => new IPAddress([.. address.GetAddressBytes().AsSpan(0, PrefixBytes), 0, 0, 0, 0, 0, 0, 0, 0]).ToString(),
        var address => address.ToString(),
    };
}
