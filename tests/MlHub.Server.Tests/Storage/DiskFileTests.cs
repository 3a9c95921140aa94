using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Server.Tests;

/// <summary>The kernel sends files on disk, so the bytes do not pass the server. These tests use real sockets.</summary>
public sealed class DiskFileTests : IAsyncLifetime
{
    private const int Size = 20_000_000;
    private const string Path = "/storage/mlhub/archives/c.tar.gz";
    private readonly string _file = System.IO.Path.Combine(Directory.CreateTempSubdirectory("mlhub-").FullName, "archive.tar.gz");
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(Size);
    private MlHubServer? _server;

    public async Task InitializeAsync()
    {
        await File.WriteAllBytesAsync(_file, _content);
        _server = await MlHubServer.StartAsync(new OneItemHub("c", "i") { ArchiveFile = HubFile.FromDisk(_file, "application/gzip") });
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        Directory.Delete(System.IO.Path.GetDirectoryName(_file)!, recursive: true);
    }

    [Fact]
    public async Task Requests_on_one_connection_get_their_own_bytes()
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var client = new HttpClient(handler) { BaseAddress = _server!.RootUrl };
        foreach (var (start, length) in new[] { (0, Size), (1, 1), (262_143, 262_146), (Size - 1, 1), (777, 5_000_000), (0, Size) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Path);
            request.Headers.TryAddWithoutValidation("Range", $"bytes={start}-{start + length - 1}");
            using var response = await client.SendAsync(request);

            var received = await response.Content.ReadAsByteArrayAsync();
            Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
            Assert.True(_content.AsSpan(start, length).SequenceEqual(received));
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("datasets", UriKind.Relative))).StatusCode);
        }
    }

    [Fact]
    public async Task Many_clients_get_the_file_at_the_same_time()
    {
        using var client = new HttpClient { BaseAddress = _server!.RootUrl };

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ => Assert.True((await client.GetByteArrayAsync(Path)).SequenceEqual(_content))));
    }

    [Fact]
    public async Task A_file_that_becomes_shorter_ends_its_response_and_not_the_server()
    {
        using var client = new HttpClient { BaseAddress = _server!.RootUrl };
        using var response = await client.GetAsync(Path, HttpCompletionOption.ResponseHeadersRead);
        await using (var file = new FileStream(_file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(1_000_000);
        }

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("datasets", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task A_client_that_leaves_does_not_disturb_the_others()
    {
        for (var count = 0; count < 20; count++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, _server!.RootUrl.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {Path} HTTP/1.1\r\nHost: 127.0.0.1:{_server.RootUrl.Port}\r\n\r\n"));
            Assert.NotEqual(0, await socket.ReceiveAsync(new byte[1000]));
        }

        using var client = new HttpClient { BaseAddress = _server!.RootUrl };
        Assert.True((await client.GetByteArrayAsync(Path)).SequenceEqual(_content));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_pauses_is_served_if_it_keeps_the_average_rate(bool fromDisk)
    {
        var file = fromDisk ? HubFile.FromDisk(_file, "application/gzip") : HubFile.FromMemory(_content, "application/gzip", DateTimeOffset.UnixEpoch);
        await using var server = await MlHubServer.StartAsync(new OneItemHub("c", "i") { ArchiveFile = file });
        using var client = new HttpClient { BaseAddress = server.RootUrl };
        using var response = await client.GetAsync(Path, HttpCompletionOption.ResponseHeadersRead);
        using var body = await response.Content.ReadAsStreamAsync();

        // Kestrel has a clock of its own. It disconnects a client that is too slow after five seconds, and looks every second.
        await Task.Delay(TimeSpan.FromSeconds(8));
        var read = 0L;
        var buffer = new byte[1024 * 1024];
        for (int count; (count = await body.ReadAsync(buffer)) > 0; read += count)
        {
        }

        Assert.Equal(Size, read);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_disconnected_at_the_limit()
    {
        var disconnected = new TaskCompletionSource();
        await using var server = await MlHubServer.StartAsync(
            new OneItemHub("c", "i") { ArchiveFile = HubFile.FromDisk(_file, "application/gzip") },
            new MlHubServerOptions
            {
                Limits = new MlHubServerLimits { ResponseBytesPerSecond = 100_000_000 },
                Middleware = [(context, next) =>
                {
                    context.RequestAborted.Register(disconnected.SetResult);
                    return next(context);
                }],
            });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, server.RootUrl.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {Path} HTTP/1.1\r\nHost: 127.0.0.1:{server.RootUrl.Port}\r\n\r\n"));

        await disconnected.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }
}
