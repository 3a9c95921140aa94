namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A directory for each test, and downloaders with short waits.</summary>
public abstract class DownloaderTest : IAsyncLifetime
{
    private readonly List<ResumableDownloader> _downloaders = [];

    protected string Output { get; } = Directory.CreateTempSubdirectory("mlhub-").FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync()
    {
        _downloaders.ForEach(downloader => downloader.Dispose());
        Directory.Delete(Output, recursive: true);
        return Task.CompletedTask;
    }

    protected ResumableDownloader NewDownloader(Action<DownloaderSetup>? change = null)
    {
        var setup = new DownloaderSetup();
        change?.Invoke(setup);
        var downloader = new ResumableDownloader(
            new ResumableDownloaderOptions { Transfer = setup.Transfer }, setup.Handler, setup.Loggers, setup.Clock);
        _downloaders.Add(downloader);
        return downloader;
    }

    /// <summary>A first run over one connection whose body stalls after a number of bytes, and that is cancelled when half of these are stored.</summary>
    protected async Task CancelAsync(DownloadRequest request, int afterBytes)
    {
        using var stop = new CancellationTokenSource();
        using var wire = new Wire { HoldAfter = afterBytes };
        var whenThere = new InlineProgress(report =>
        {
            if (report.BytesDone >= afterBytes / 2)
            {
                stop.Cancel();
            }
        });
        var downloader = NewDownloader(options => options.Handler = wire);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => downloader.DownloadAsync(request with { Options = new() { Connections = 1 } }, whenThere, stop.Token));
    }

    /// <summary>Asserts that the file is correct, and the only file in its directory.</summary>
    protected async Task AssertFileAsync(byte[] expected, DownloadResult result)
    {
        var bytes = await File.ReadAllBytesAsync(result.Path);
        Assert.True(expected.AsSpan().SequenceEqual(bytes), "The file is not what the server has.");
        Assert.Equal([result.Path], Directory.GetFiles(Output));
    }
}
