using Microsoft.Extensions.Logging;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>What all downloads of one downloader share.</summary>
internal sealed record DownloadContext(HttpMessageInvoker Http, HostGates Gates, DownloaderSettings Options, ILogger Logger);
