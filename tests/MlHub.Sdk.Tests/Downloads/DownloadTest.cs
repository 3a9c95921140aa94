using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A directory of its own for each test, one remote file, and downloaders that do not wait long.</summary>
public abstract class DownloadTest : IAsyncLifetime
{
    protected const int Size = 3_000_000;
    private readonly List<ResumableDownloader> _downloaders = [];

    protected DownloadTest()
    {
        Remote = new RemoteFile(RandomNumberGenerator.GetBytes(Size));
        Server = new ScriptedServer(request => Remote.Answer(request));
        Request = new DownloadRequest { Url = Server.Url("data.bin?key=secret"), OutputDirectory = Output };
    }

    protected string Output { get; } = Directory.CreateTempSubdirectory("mlhub-").FullName;

    protected RemoteFile Remote { get; }

    protected ScriptedServer Server { get; }

    protected DownloadRequest Request { get; }

    protected string Final => Path.Combine(Output, "data.bin");

    protected string Part => Final + ".mlhub-part";

    protected string Journal => Final + ".mlhub-journal";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _downloaders.ForEach(downloader => downloader.Dispose());
        await Server.DisposeAsync();
        Directory.Delete(Output, recursive: true);
    }

    protected static string Md5(byte[] bytes) => Convert.ToBase64String(MD5.HashData(bytes));

    protected ResumableDownloader NewDownloader(Action<ResumableDownloaderOptions>? change = null)
    {
        var options = new ResumableDownloaderOptions
        {
            RetryBaseDelay = TimeSpan.FromMilliseconds(1),
            RetryMaxDelay = TimeSpan.FromMilliseconds(5),
            FlushToDisk = false,
        };
        change?.Invoke(options);
        var downloader = new ResumableDownloader(options);
        _downloaders.Add(downloader);
        return downloader;
    }

    protected Task<DownloadResult> DownloadAsync(DownloadRequest? request = null) => NewDownloader().DownloadAsync(request ?? Request);

    /// <summary>A first run whose connection breaks in the middle and that gives up, as a process does that is killed.</summary>
    protected async Task InterruptAsync(int afterBytes = Size / 2, DownloadRequest? request = null)
    {
        Remote.CutAfter = afterBytes;
        var error = await Assert.ThrowsAsync<DownloadException>(
            () => NewDownloader(options => options.MaxRetries = 0).DownloadAsync((request ?? Request) with { Connections = 1 }));
        Assert.Equal(DownloadFailure.Network, error.Reason);
        Remote.CutAfter = null;
        Server.Requests.Clear();
    }

    /// <summary>The file is what the server has now, and alone in its directory.</summary>
    protected async Task AssertWholeAsync(DownloadResult result)
    {
        Assert.Equal(Final, result.Path);
        var bytes = await File.ReadAllBytesAsync(Final);
        Assert.True(Remote.Bytes.AsSpan().SequenceEqual(bytes), "The file is not what the server has.");
        Assert.Equal([Final], Directory.GetFiles(Output));
    }
}
