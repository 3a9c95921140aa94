using Microsoft.Extensions.Logging;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>What a test can change about a downloader. By default it waits only milliseconds and does not flush.</summary>
public sealed class DownloaderSetup
{
    public TransferOptions Transfer { get; } = new()
    {
        RetryBaseDelay = TimeSpan.FromMilliseconds(1),
        RetryMaxDelay = TimeSpan.FromMilliseconds(5),
        FlushToDisk = false,
    };

    public HttpMessageHandler? Handler { get; set; }

    public ILoggerFactory? Loggers { get; set; }

    public TimeProvider? Clock { get; set; }
}
