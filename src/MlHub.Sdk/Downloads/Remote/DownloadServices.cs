using Microsoft.Extensions.Logging;
using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The services that all downloads of one downloader share.</summary>
/// <param name="Http">Sends requests. It follows no redirects and decompresses nothing.</param>
/// <param name="Options">Time-outs and retries.</param>
/// <param name="Time">The clock.</param>
/// <param name="Scrub">Removes the API key from texts of a server.</param>
/// <param name="Access">What happened and what to do if the server of this address denies access (401, 403).</param>
/// <param name="Logger">Gets the messages of all downloads, and removes the API key from them.</param>
internal sealed record DownloadServices(
    HttpMessageInvoker Http, TransferOptions Options, TimeProvider Time, Func<string, string> Scrub, Func<Uri, (string What, string Advice)> Access, ILogger Logger)
{
    /// <summary>The connection limits of the hosts.</summary>
    internal HostLimits Limits { get; } = new(Options.MaxConnectionsPerHost);
}
