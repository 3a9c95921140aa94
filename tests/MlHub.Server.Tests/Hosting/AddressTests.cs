using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MlHub.Server.Tests.Hosting;

/// <summary>Where a server listens, and by which names it can be reached there.</summary>
public sealed class AddressTests
{
    [Fact]
    public async Task A_server_listens_only_on_the_loopback_address_by_default()
    {
        await using var server = await StartAsync(new MlHubServerOptions());
        foreach (var address in OwnAddresses().Append(IPAddress.Parse("127.0.0.2")))
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await Assert.ThrowsAsync<SocketException>(async () => await socket.ConnectAsync(address, server.RootUrl.Port));
        }
    }

    [Fact]
    public async Task A_server_on_all_addresses_can_be_reached_by_each_of_them_and_by_the_name_of_the_machine()
    {
        await using var server = await StartAsync(new MlHubServerOptions { Address = IPAddress.Any });
        Assert.Matches(@"^http://127\.0\.0\.1:[1-9][0-9]*/mlhub/v1/$", server.RootUrl.OriginalString);
        foreach (var address in OwnAddresses().Append(IPAddress.Parse("127.0.0.2")))
        {
            Assert.Equal(200, await StatusAsync(new IPEndPoint(address, server.RootUrl.Port)));
            Assert.Equal(200, await StatusAsync(new IPEndPoint(address, server.RootUrl.Port), Dns.GetHostName()));
            Assert.Equal(421, await StatusAsync(new IPEndPoint(address, server.RootUrl.Port), "192.0.2.1"));
            Assert.Equal(421, await StatusAsync(new IPEndPoint(address, server.RootUrl.Port), "evil.example"));
        }
    }

    [Fact]
    public async Task Links_begin_with_the_address_that_the_client_has_used()
    {
        await using var server = await StartAsync(new MlHubServerOptions { Address = IPAddress.Any });
        using var client = SandboxServer.ClientOf(new Uri($"http://127.0.0.2:{server.RootUrl.Port}/mlhub/v1/"));
        Assert.Contains($"\"http://127.0.0.2:{server.RootUrl.Port}/mlhub/v1/collections/c/items\"", await client.GetStringAsync("collections/c"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_on_one_address_can_be_reached_only_there()
    {
        await using var server = await StartAsync(new MlHubServerOptions { Address = IPAddress.Parse("127.0.0.2") });
        Assert.StartsWith("http://127.0.0.2:", server.RootUrl.OriginalString, StringComparison.Ordinal);
        Assert.Equal(200, await StatusAsync(new IPEndPoint(IPAddress.Parse("127.0.0.2"), server.RootUrl.Port)));
        await Assert.ThrowsAsync<HttpRequestException>(() => StatusAsync(new IPEndPoint(IPAddress.Loopback, server.RootUrl.Port)));
    }

    [Theory]
    [InlineData("::", "[::1]")]
    [InlineData("::1", "[::1]")]
    public async Task A_server_listens_on_IPv6(string address, string host)
    {
        if (!Socket.OSSupportsIPv6)
        {
            return;
        }

        await using var server = await StartAsync(new MlHubServerOptions { Address = IPAddress.Parse(address) });
        Assert.StartsWith($"http://{host}:", server.RootUrl.OriginalString, StringComparison.Ordinal);
        Assert.Equal(200, await StatusAsync(new IPEndPoint(IPAddress.IPv6Loopback, server.RootUrl.Port)));
        if (address == "::")
        {
            Assert.Equal(200, await StatusAsync(new IPEndPoint(IPAddress.Parse("127.0.0.2"), server.RootUrl.Port)));
        }
    }

    [Fact]
    public async Task Without_a_Host_header_links_begin_with_the_address_of_the_connection()
    {
        await using var server = await StartAsync(new MlHubServerOptions { Address = IPAddress.Any });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Parse("127.0.0.2"), server.RootUrl.Port);
        await socket.SendAsync("GET /mlhub/v1/collections/c HTTP/1.0\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(new NetworkStream(socket));
        Assert.Contains($"http://127.0.0.2:{server.RootUrl.Port}/mlhub/v1/", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static Task<MlHubServer> StartAsync(MlHubServerOptions options) => MlHubServer.StartAsync(new OneItemHub("c", "i"), options);

    private static IEnumerable<IPAddress> OwnAddresses() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));

    private static async Task<int> StatusAsync(IPEndPoint place, string? host = null)
    {
        using var client = SandboxServer.ClientOf(new Uri($"http://{place}/mlhub/v1/"));
        client.DefaultRequestHeaders.Host = host;
        using var response = await client.GetAsync("datasets");
        return (int)response.StatusCode;
    }
}
