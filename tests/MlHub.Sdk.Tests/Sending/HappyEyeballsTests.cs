using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>127.0.0.2 is a second address of this machine on Linux only.</summary>
public sealed class HappyEyeballsTests : IDisposable
{
    private const string SecondAddress = "a second loopback address";
    private static readonly IPAddress Working = IPAddress.Loopback;
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.2");
    private readonly LoopbackServer _server = LoopbackServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
    private readonly List<Socket> _deaf = [];

    private DnsEndPoint EndPoint => new("two.example.test", _server.Port);

    [LinuxFact(SecondAddress)]
    public async Task A_first_address_without_a_response_delays_the_connection_by_a_quarter_of_a_second()
    {
        Deafen(Other);
        var clock = new SkippingClock(wait => wait == TimeSpan.FromMilliseconds(250));
        var connector = new HappyEyeballs(clock, Resolving(Other, Working));

        using var socket = await connector.ConnectAsync(EndPoint, CancellationToken.None);

        Assert.Equal(Working, ((IPEndPoint)socket.RemoteEndPoint!).Address);
        Assert.Equal(TimeSpan.FromMilliseconds(250), clock.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.True(socket.NoDelay);
    }

    [LinuxFact(SecondAddress)]
    public async Task A_first_address_that_refuses_does_not_delay_the_connection()
    {
        var clock = new FakeTimeProvider();
        var connector = new HappyEyeballs(clock, Resolving(Other, Working));

        using var socket = await connector.ConnectAsync(EndPoint, CancellationToken.None);

        Assert.Equal(Working, ((IPEndPoint)socket.RemoteEndPoint!).Address);
    }

    [LinuxFact(SecondAddress)]
    public async Task A_request_reaches_the_address_that_works()
    {
        Deafen(Other);
        var clock = new SkippingClock(wait => wait == TimeSpan.FromMilliseconds(250));
        using var http = Http(new HappyEyeballs(clock, Resolving(Other, Working)));

        Assert.Equal("hi", await http.GetStringAsync(new Uri($"http://two.example.test:{_server.Port}/")));
    }

    [LinuxFact(SecondAddress)]
    public async Task Slower_connection_attempts_are_closed()
    {
        Deafen(Other);
        var clock = new SkippingClock(wait => wait == TimeSpan.FromMilliseconds(250));
        var connector = new HappyEyeballs(clock, Resolving(Other, Working));

        using var socket = await connector.ConnectAsync(EndPoint, CancellationToken.None);

        // 02 is SYN_SENT; those that fill the queue are known and still open.
        var waiting = $" 0200007F:{_server.Port:X4} 02 ";
        Assert.True(SpinWait.SpinUntil(() => Connecting(waiting) <= _deaf.Count - 2, TimeSpan.FromSeconds(10)));
    }

    [LinuxFact(SecondAddress)]
    public async Task When_every_address_fails_the_message_says_why()
    {
        _server.Dispose();
        using var http = Http(new HappyEyeballs(TimeProvider.System, Resolving(Other, Working)));

        var e = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://two.example.test:{_server.Port}/")));

        Assert.Equal($"Connection refused (two.example.test:{_server.Port})", e.Message);
        Assert.Equal(HttpRequestError.ConnectionError, e.HttpRequestError);
    }

    [Fact]
    public async Task A_refused_connection_is_reported_rather_than_a_missing_route()
    {
        _server.Dispose();
        var connector = new HappyEyeballs(TimeProvider.System, Resolving(IPAddress.Parse("::ffff:0:0:1"), Working, IPAddress.Parse("100::1")));

        var e = await Assert.ThrowsAsync<SocketException>(() => connector.ConnectAsync(EndPoint, CancellationToken.None));

        Assert.Equal(SocketError.ConnectionRefused, e.SocketErrorCode);
    }

    [Fact]
    public async Task An_IP_address_is_not_looked_up()
    {
        var connector = new HappyEyeballs(TimeProvider.System, (_, _) => throw new InvalidOperationException("It was looked up."));

        using var socket = await connector.ConnectAsync(new DnsEndPoint("127.0.0.1", _server.Port), CancellationToken.None);

        Assert.True(socket.Connected);
    }

    [Fact]
    public async Task A_name_without_an_address_does_not_exist()
    {
        var connector = new HappyEyeballs(TimeProvider.System, Resolving());

        var e = await Assert.ThrowsAsync<SocketException>(() => connector.ConnectAsync(EndPoint, CancellationToken.None));

        Assert.True(ConnectionFault.Of(e).IsLasting);
    }

    [Fact]
    public async Task A_lookup_that_does_not_end_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var connector = new HappyEyeballs(TimeProvider.System, (_, _) => new TaskCompletionSource<IPAddress[]>().Task);

        var connecting = connector.ConnectAsync(EndPoint, cancel.Token);
        await cancel.CancelAsync();

        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        Assert.Equal(cancel.Token, e.CancellationToken);
    }

    [LinuxFact(SecondAddress)]
    public async Task An_attempt_that_does_not_end_can_be_cancelled()
    {
        Deafen(Other);
        using var cancel = new CancellationTokenSource();
        var connector = new HappyEyeballs(new FakeTimeProvider(), Resolving(Other, Working));

        var connecting = connector.ConnectAsync(EndPoint, cancel.Token);
        await cancel.CancelAsync();

        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        Assert.Equal(cancel.Token, e.CancellationToken);
    }

    [Theory]
    [InlineData("::1 ::2 ::3 1.1.1.1 2.2.2.2", "::1 1.1.1.1 ::2 2.2.2.2 ::3")]
    [InlineData("1.1.1.1 ::1 ::2", "1.1.1.1 ::1 ::2")]
    [InlineData("1.1.1.1 1.1.1.1 2.2.2.2", "1.1.1.1 2.2.2.2")]
    [InlineData("", "")]
    public void The_address_families_alternate_and_the_first_address_stays_first(string resolved, string tried)
    {
        var addresses = resolved.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse);

        Assert.Equal(tried, string.Join(' ', HappyEyeballs.Interleave(addresses)));
    }

    public void Dispose()
    {
        _deaf.ForEach(socket => socket.Dispose());
        _server.Dispose();
    }

    private static Func<string, CancellationToken, Task<IPAddress[]>> Resolving(params IPAddress[] addresses) => (_, _) => Task.FromResult(addresses);

    private static HttpClient Http(HappyEyeballs connector) => new(Sockets.Create(TimeSpan.FromSeconds(20), 8, _ => null, connector));

    private static int Connecting(string pattern) =>
        File.ReadLines("/proc/self/net/tcp").Count(line => line.Contains(pattern, StringComparison.Ordinal));

    /// <summary>Lets an address take no connection on the server's port: its queue is full, and Linux drops what comes after.</summary>
    private void Deafen(IPAddress address)
    {
        var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(address, _server.Port));
        deaf.Listen(1);
        _deaf.Add(deaf);
        for (var place = 0; place < 4; place++)
        {
            var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _deaf.Add(waiting);
            Record.Exception(() => waiting.Connect(deaf.LocalEndPoint!));
        }
    }
}
