using System.Net;
using System.Net.Sockets;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>A host that takes no connection is one that cannot be reached, and nobody's cancellation.</summary>
public sealed class ConnectTimeoutTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);
    private readonly string _directory = Directory.CreateTempSubdirectory("mlhub-").FullName;
    private readonly Socket _deaf = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _queue = [];

    public ConnectTimeoutTests()
    {
        // Linux lets a connection more wait than it is told to, and forgets about all others.
        _deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _deaf.Listen(1);
        for (var place = 0; place < 4; place++)
        {
            var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _queue.Add(waiting);
            Record.Exception(() => waiting.Connect(_deaf.LocalEndPoint!));
        }
    }

    private static TransferOptions Hasty => new() { ConnectTimeout = Soon, MaxRetries = 1, RetryBaseDelay = TimeSpan.Zero };

    private Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_deaf.LocalEndPoint!).Port}/");

    [Fact]
    public async Task A_call_reports_a_connect_time_out_after_its_retries()
    {
        using var client = new MlHubClient(new MlHubClientOptions
        {
            RootUrl = Url,
            Profile = "__anonymous__",
            Transfer = Hasty,
        });

        var error = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetByIdAsync("any"));

        Assert.Contains("no connection within 0.2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_reports_a_connect_time_out_after_its_retries()
    {
        using var downloader = new ResumableDownloader(new ResumableDownloaderOptions { Transfer = Hasty });

        var error = await Assert.ThrowsAsync<DownloadException>(() => downloader.DownloadAsync(new DownloadRequest { Url = Url, OutputDirectory = _directory }));

        Assert.Equal(DownloadFailure.Network, error.Reason);
        Assert.Contains("no connection within 0.2 s", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _queue.ForEach(waiting => waiting.Dispose());
        _deaf.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
