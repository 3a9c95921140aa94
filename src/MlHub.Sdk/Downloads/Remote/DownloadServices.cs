using Microsoft.Extensions.Logging;
using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The services that all downloads of one downloader share.</summary>
/// <param name="Http">Sends requests. It follows no redirects and decompresses nothing.</param>
/// <param name="Options">Time-outs and retries.</param>
/// <param name="Time">The clock.</param>
/// <param name="Scrub">Removes the API key from texts of a server.</param>
/// <param name="AccessAdvice">The advice in the message for 401 and 403.</param>
/// <param name="Logger">Gets the messages of all downloads, and removes the API key from them.</param>
internal sealed record DownloadServices(
    HttpMessageInvoker Http, TransferOptions Options, TimeProvider Time, Func<string, string> Scrub, string AccessAdvice, ILogger Logger)
{
    /// <summary>The connection limits of the hosts.</summary>
    internal HostLimits Limits { get; } = new(Options.MaxConnectionsPerHost);
}
