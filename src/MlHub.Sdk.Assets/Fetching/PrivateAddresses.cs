using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MlHub.Sdk.Assets.Fetching;

/// <summary>
/// Refuses addresses that lead into this machine or its network, unless the hub itself is there. Otherwise a catalogue, or a server that redirects, could read what only
/// this machine may, such as the credentials that a cloud offers at 169.254.169.254.
/// </summary>
/// <param name="hub">The root URL of the hub.</param>
/// <param name="resolvesNames">Whether this machine looks up the names of hosts, and no handler of the caller does.</param>
internal sealed class PrivateAddresses(Uri hub, bool resolvesNames)
{
    private readonly ConcurrentDictionary<string, Task<string?>> _places = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Why an address is refused, as the rest of a sentence. Null if it is not.</summary>
    internal async ValueTask<string?> WhyNotAsync(Uri url)
    {
        if (url.DnsSafeHost == hub.DnsSafeHost || await PlaceAsync(url.DnsSafeHost).ConfigureAwait(false) is not { } place)
        {
            return null;
        }

        return place == await PlaceAsync(hub.DnsSafeHost).ConfigureAwait(false) ? null : $"its address leads to {place}, and the hub is not there";
    }

    private Task<string?> PlaceAsync(string host) => _places.GetOrAdd(host, FindAsync);

    private async Task<string?> FindAsync(string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return PlaceOf(address);
        }

        if (!resolvesNames)
        {
            return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? PlaceOf(IPAddress.Loopback) : null;
        }

        try
        {
            return (await Dns.GetHostAddressesAsync(host).ConfigureAwait(false)).Select(PlaceOf).FirstOrDefault(place => place is not null);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            // The request says that there is no such host, or a proxy finds it.
            return null;
        }
    }

    private static string? PlaceOf(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = address.GetAddressBytes();
        return IPAddress.IsLoopback(address) || bytes[0] == 0 && bytes.Length == 4 || address.Equals(IPAddress.IPv6Any) ? "this machine"
            : address.IsIPv6LinkLocal || bytes is [169, 254, _, _] ? "a link-local address"
            : address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal || bytes is [10, _, _, _] or [192, 168, _, _] or [172, >= 16 and < 32, _, _] or [100, >= 64 and < 128, _, _] ? "a private network"
            : null;
    }
}
