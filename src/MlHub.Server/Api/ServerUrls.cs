using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MlHub.Server;

/// <summary>The URLs at which clients reach a server.</summary>
/// <param name="options">The options of the server.</param>
/// <param name="certificate">Its certificate; null without TLS.</param>
/// <param name="port">The port that it listens on.</param>
internal sealed class ServerUrls(MlHubServerOptions options, ServerCertificate? certificate, int port)
{
    private readonly IPAddress _local = options.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
        : options.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
        : options.Address;

    /// <summary>The root for clients on this machine.</summary>
    public Uri Root => RootAt(HostOf(_local));

    /// <summary>The root for clients on other machines, if they can connect.</summary>
    public Uri External =>
        options.PublicUrl is { } url ? new Uri(url.AbsoluteUri.TrimEnd('/') + HubUrls.RootPath)
        : IPAddress.IsLoopback(options.Address) ? Root
        : RootAt(options.Hosts.Concat(certificate?.Hosts ?? []).FirstOrDefault() ?? HostOf(_local.Equals(options.Address) ? _local : OwnAddress() ?? _local));

    private Uri RootAt(string host) => new($"{(certificate is null ? "http" : "https")}://{host}:{port}{HubUrls.RootPath}");

    private static string HostOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    // The address of a network with a gateway is the one that others use. IPv4, because a machine has several IPv6 addresses, some of which change.
    private static IPAddress? OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up)
        .Select(network => network.GetIPProperties())
        .OrderByDescending(network => network.GatewayAddresses.Count > 0)
        .SelectMany(network => network.UnicastAddresses)
        .Select(unicast => unicast.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
}
