using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>How remote files are reached: what all downloads of one downloader share.</summary>
/// <param name="Http">Sends requests. It follows no redirects and decompresses nothing.</param>
/// <param name="Options">Time-outs and retries.</param>
/// <param name="Time">The clock.</param>
/// <param name="Scrub">Takes the API key out of a server's words.</param>
/// <param name="AccessAdvice">What to do about 401 and 403.</param>
internal sealed record RemoteAccess(HttpMessageInvoker Http, TransferOptions Options, TimeProvider Time, Func<string, string> Scrub, string AccessAdvice)
{
    /// <summary>The connections that each host may have.</summary>
    internal HostLimits Limits { get; } = new(Options.MaxConnectionsPerHost);
}
