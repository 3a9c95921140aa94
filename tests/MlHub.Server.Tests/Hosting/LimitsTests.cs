using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using MlHub.Sandbox;

namespace MlHub.Server.Tests.Hosting;

/// <summary>What a server gives a client at most, and what it says to one that wants more.</summary>
public sealed class LimitsTests
{
    [Fact]
    public async Task A_request_line_that_is_too_long_is_a_414()
    {
        await using var server = await StartAsync(new MlHubServerLimits { RequestLineBytes = 200 });
        Assert.Equal(200, await StatusAsync(server, "datasets"));
        Assert.Equal(414, await StatusAsync(server, "datasets?text=" + new string('a', 200)));
    }

    [Fact]
    public async Task Headers_that_are_too_long_in_total_are_a_431()
    {
        await using var server = await StartAsync(new MlHubServerLimits { HeaderBytes = 300 });
        Assert.Equal(200, await StatusAsync(server, "datasets"));
        Assert.Equal(431, await StatusAsync(server, "datasets", request => request.Headers.Add("X-Long", new string('a', 300))));
    }

    [Fact]
    public async Task A_connection_above_the_limit_is_closed()
    {
        await using var server = await StartAsync(new MlHubServerLimits { Connections = 1 });
        using var first = await ConnectAsync(server);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(first), StringComparison.Ordinal);
        using var second = await ConnectAsync(server);
        Assert.Equal("", await AskAsync(second));
    }

    [Fact]
    public async Task Headers_that_never_end_cause_a_408()
    {
        await using var server = await StartAsync(new MlHubServerLimits { HeadersTimeout = TimeSpan.FromMilliseconds(100) });
        using var socket = await ConnectAsync(server);
        Assert.StartsWith("HTTP/1.1 408", await AskAsync(socket, "GET /mlhub/v1/datasets HTTP/1.1\r\nHost: localhost\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_above_its_rate_limit_gets_a_Retry_After()
    {
        var time = new FakeTimeProvider();
        var limits = new MlHubServerLimits { RequestsPerSecond = 2 };
        await using var server = await MlHubSandbox.StartAsync(new MlHubServerOptions { ApiKeys = ["a", "b"], Limits = limits, TimeProvider = time });
        using var client = SandboxServer.ClientOf(server.RootUrl);
        async Task<string> AskAsync(params string[] queries)
        {
            List<int> statuses = [];
            foreach (var query in queries)
            {
                using var response = await client.GetAsync("datasets" + query);
                Assert.Equal(response.StatusCode == HttpStatusCode.TooManyRequests ? TimeSpan.FromSeconds(1) : null, response.Headers.RetryAfter?.Delta);
                statuses.Add((int)response.StatusCode);
            }

            return string.Join(' ', statuses);
        }

        Assert.Equal("200 200 429", await AskAsync("?key=a", "?key=a", "?key=a"));
        Assert.Equal("200 200 429", await AskAsync("?key=b", "?key=b", "?key=b"));
        Assert.Equal("200 200 429", await AskAsync("", "?key=wrong", ""));
        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal("200 429", await AskAsync("?key=a", "?key=a"));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("200 200 429", await AskAsync("?key=a", "?key=a", "?key=a"));
    }

    [Fact]
    public async Task Without_keys_each_address_has_its_own_rate_limit()
    {
        var options = new MlHubServerOptions { AllowAnonymous = true, Limits = new() { RequestsPerSecond = 1 }, TimeProvider = new FakeTimeProvider(), Address = IPAddress.Any };
        await using var server = await MlHubSandbox.StartAsync(options);
        async Task<int> AskAsync(string address, string key)
        {
            using var client = ClientFrom(address, server.RootUrl);
            using var response = await client.GetAsync($"datasets?key={key}");
            return (int)response.StatusCode;
        }

        // A key is worth nothing here, so it does not help either.
        Assert.Equal((200, 429), (await AskAsync("127.0.0.1", "a"), await AskAsync("127.0.0.1", "b")));
        Assert.Equal((200, 429), (await AskAsync("127.0.0.2", "a"), await AskAsync("127.0.0.2", "a")));
    }

    [Fact]
    public async Task Downloads_above_the_limit_get_a_503_until_another_one_ends()
    {
        await using var server = await ServeArchiveAsync(new MlHubServerLimits { Downloads = 2 });
        using var first = await DownloadAsync(server, "127.0.0.1");
        using var second = await DownloadAsync(server, "127.0.0.2");
        using var third = await DownloadAsync(server, "127.0.0.3");
        Assert.Equal((200, 200, 503), ((int)first.StatusCode, (int)second.StatusCode, (int)third.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(1), third.Headers.RetryAfter?.Delta);

        // Other requests are not downloads.
        Assert.Equal(200, await StatusOfAsync(server, "datasets"));
        Assert.Equal(200, await StatusOfAsync(server, ArchiveOfItem, HttpMethod.Head));

        first.Dispose();
        await UntilAsync(async () => await StatusOfAsync(server, ArchiveOfItem) == 200);
    }

    [Fact]
    public async Task Downloads_of_one_client_above_its_limit_get_a_429_and_other_clients_are_not_affected()
    {
        await using var server = await ServeArchiveAsync(new MlHubServerLimits { DownloadsPerClient = 1 });
        using var first = await DownloadAsync(server, "127.0.0.1");
        using var second = await DownloadAsync(server, "127.0.0.1");
        using var other = await DownloadAsync(server, "127.0.0.2");
        Assert.Equal((200, 429, 200), ((int)first.StatusCode, (int)second.StatusCode, (int)other.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter?.Delta);
        first.Dispose();
        await UntilAsync(async () => await StatusOfAsync(server, ArchiveOfItem) == 200);
    }

    [Fact]
    public async Task Files_do_not_count_towards_the_rate_limit()
    {
        await using var server = await StartAsync(new MlHubServerLimits { RequestsPerSecond = 1 });
        for (var request = 0; request < 5; request++)
        {
            Assert.Equal(200, await StatusAsync(server, "/storage/mlhub/archives/sandbox_crops_kenya_s1.tar.gz"));
        }
    }

    [Fact]
    public async Task A_limit_of_zero_is_refused()
    {
        foreach (var limits in new MlHubServerLimits[]
        {
            new() { RequestLineBytes = 0 }, new() { HeaderBytes = 0 }, new() { HeadersTimeout = TimeSpan.Zero }, new() { Connections = 0 },
            new() { ResponseBytesPerSecond = 0 }, new() { RequestsPerSecond = 0 }, new() { Downloads = 0 }, new() { DownloadsPerClient = 0 },
        })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(limits));
        }
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example:80")]
    [InlineData("127.0.0.2")]
    public async Task A_request_for_another_host_is_misdirected(string host)
    {
        await using var server = await MlHubSandbox.StartAsync();
        Assert.Equal(421, await StatusAsync(server, "datasets", request => request.Headers.Host = host));
        Assert.Equal(421, await StatusAsync(server, "/storage/mlhub/archives/sandbox_crops_kenya_s1.tar.gz", request => request.Headers.Host = host));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1")]
    [InlineData("[::1]:80")]
    [InlineData("hub.example")]
    public async Task The_names_of_this_machine_and_of_the_options_are_accepted(string host)
    {
        await using var server = await MlHubSandbox.StartAsync(new MlHubServerOptions { Hosts = ["hub.example"] });
        Assert.Equal(200, await StatusAsync(server, "datasets", request => request.Headers.Host = host));
    }

    [Theory]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost.")]
    [InlineData("127.1")]
    public async Task A_port_that_does_not_exist_and_other_spellings_of_a_host_are_misdirected(string host)
    {
        await using var server = await MlHubSandbox.StartAsync();
        using var socket = await ConnectAsync(server);
        Assert.StartsWith("HTTP/1.1 421", await AskAsync(socket, $"GET /mlhub/v1/datasets HTTP/1.1\r\nHost: {host}\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_public_URL_all_links_begin_with_it()
    {
        await using var server = await MlHubSandbox.StartAsync(new MlHubServerOptions { PublicUrl = new Uri("https://hub.example/data/") });
        using var client = SandboxServer.ClientOf(server.RootUrl);
        foreach (var host in new[] { "hub.example", "localhost:1" })
        {
            client.DefaultRequestHeaders.Host = host;
            var collection = await client.GetStringAsync("collections/sandbox_crops_kenya_s2");
            Assert.Contains("\"https://hub.example/data/mlhub/v1/collections/sandbox_crops_kenya_s2/items\"", collection, StringComparison.Ordinal);
            Assert.DoesNotContain("localhost", collection, StringComparison.Ordinal);
            using var archive = await client.GetAsync($"archive/sandbox_crops_kenya_s2?key={server.ApiKey}");
            Assert.Equal("https://hub.example/data/storage/mlhub/archives/sandbox_crops_kenya_s2.tar.gz", archive.Headers.Location?.OriginalString);
        }
    }

    [Theory]
    [InlineData("/data/")]
    [InlineData("ftp://hub.example/")]
    [InlineData("https://hub.example/?key=x")]
    [InlineData("https://user@hub.example/")]
    public async Task A_public_URL_that_cannot_begin_a_link_is_refused(string url) =>
        await Assert.ThrowsAsync<ArgumentException>(() => MlHubSandbox.StartAsync(new MlHubServerOptions { PublicUrl = new Uri(url, UriKind.RelativeOrAbsolute) }));

    [Fact]
    public async Task A_client_that_does_not_read_makes_the_server_hold_384_KiB_of_a_file_and_no_more()
    {
        var opened = new ConcurrentQueue<Zeros>();
        var file = HubFile.FromMemory([], "application/gzip", default) with
        {
            Length = 64 << 20,
            OpenRead = () =>
            {
                var zeros = new Zeros();
                opened.Enqueue(zeros);
                return zeros;
            },
        };
        await using var server = await MlHubServer.StartAsync(new OneItemHub("c", "i") { ArchiveFile = file });
        using var client = new HttpClient(server.CreateHandler());
        var url = new Uri(server.RootUrl, "/storage/mlhub/archives/c.tar.gz");
        using var standing = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);

        // By the time that another client has the whole file, the server would have read on for the first one.
        Assert.Equal(64 << 20, (await client.GetByteArrayAsync(url)).Length);
        Assert.True(opened.TryPeek(out var first));

        // The pipe in memory and the client's own buffer take 64 KiB each.
        Assert.InRange(first.Taken, 1, (384 + 128) * 1024);
    }

    private const string ArchiveOfItem = "/storage/mlhub/archives/c.tar.gz";

    private static Task<MlHubServer> ServeArchiveAsync(MlHubServerLimits limits) =>
        MlHubServer.StartAsync(new OneItemHub("c", "i") { Archive = new byte[64 << 20] }, new MlHubServerOptions { Limits = limits });

    // Only the beginning is read, so the download is in progress until the response is disposed.
    private static async Task<HttpResponseMessage> DownloadAsync(MlHubServer server, string from) =>
        await ClientFrom(from, server.RootUrl).GetAsync(ArchiveOfItem, HttpCompletionOption.ResponseHeadersRead);

    private static async Task<int> StatusOfAsync(MlHubServer server, string path, HttpMethod? method = null)
    {
        using var client = SandboxServer.ClientOf(server.RootUrl);
        using var response = await client.SendAsync(new HttpRequestMessage(method ?? HttpMethod.Get, path), HttpCompletionOption.ResponseHeadersRead);
        return (int)response.StatusCode;
    }

    // The server learns a moment later that a connection is closed.
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A client whose connections come from an address of this machine.</summary>
    private static HttpClient ClientFrom(string address, Uri rootUrl) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = rootUrl };

    private static Task<MlHubSandbox> StartAsync(MlHubServerLimits limits) => MlHubSandbox.StartAsync(new MlHubServerOptions { Limits = limits });

    private static async Task<int> StatusAsync(MlHubSandbox server, string path, Action<HttpRequestMessage>? change = null)
    {
        using var client = SandboxServer.ClientOf(server.RootUrl);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        change?.Invoke(request);
        using var response = await client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static async Task<Socket> ConnectAsync(MlHubSandbox server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.RootUrl.Port);
        return socket;
    }

    // What the server says first, or nothing where it closes the connection.
    private static async Task<string> AskAsync(Socket socket, string request = "GET /mlhub/v1/datasets HTTP/1.1\r\nHost: localhost\r\n\r\n")
    {
        var buffer = new byte[1024];
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(request));
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        }
        catch (SocketException)
        {
            return "";
        }
    }

    /// <summary>A file of zeros that counts what is read of it.</summary>
    private sealed class Zeros : Stream
    {
        public long Taken { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Clear();
            Taken += buffer.Length;
            return new(buffer.Length);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
