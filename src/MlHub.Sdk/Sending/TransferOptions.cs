using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace MlHub.Sdk;

/// <summary>Time-outs, retries, connections and flushing: one set of options for API calls and for downloads.</summary>
/// <remarks>
/// <para>
/// An API call is retried after a failed connection, after a response that did not begin within <see cref="ResponseTimeout"/>, and after the statuses 408, 429,
/// 500, 502, 503 and 504, if its method is GET, HEAD or OPTIONS. A download is retried after the same failures. It is also retried after a body that broke off
/// or stalled, and then continues with the missing bytes.
/// </para>
/// <para>
/// The wait before the first retry is <see cref="RetryBaseDelay"/>. It doubles with each retry, up to <see cref="RetryMaxDelay"/>. The waits are randomized, so
/// that many clients do not retry at the same moment. If the server sends <c>Retry-After</c> (RFC 9110 §10.2.3), that time is used instead, up to
/// <see cref="MaxRetryAfter"/>.
/// </para>
/// <para>
/// Each attempt has its own <see cref="ConnectTimeout"/>, <see cref="ResponseTimeout"/> and <see cref="StallTimeout"/>. The total time of a call or a download
/// is not limited: use a <see cref="CancellationToken"/> for that.
/// </para>
/// </remarks>
[UnconditionalSuppressMessage(
    "Trimming", "IL2026", Justification = "RangeAttribute converts text to TimeSpan, which is not generic. The generated validators do not use its converter.")]
public sealed record TransferOptions
{
    private const string Millisecond = "00:00:00.001";
    private const string Zero = "00:00:00";
    private const string LongestTime = "45.00:00:00";

    /// <summary>Gets or sets the time limit for connecting to a server, including the TLS handshake.</summary>
    /// <value>The default is 10 seconds. The range is from 1 millisecond to 45 days.</value>
    /// <remarks>It has no effect if the caller provides an <see cref="HttpMessageHandler"/>, because that handler opens the connections.</remarks>
    [Range(typeof(TimeSpan), Millisecond, LongestTime)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the time limit from sending a request until all headers of the response are received.</summary>
    /// <value>The default is 100 seconds. The range is from 1 millisecond to 45 days.</value>
    /// <remarks>It includes the time for connecting. A value below <see cref="ConnectTimeout"/> therefore also limits connecting.</remarks>
    [Range(typeof(TimeSpan), Millisecond, LongestTime)]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Gets or sets how long a response body may stall before its connection is closed.</summary>
    /// <value>The default is 30 seconds. The range is from 1 millisecond to 45 days.</value>
    /// <remarks>
    /// A body stalls if it delivers less than 1 KiB in this time. The check runs once per interval, so a stall can take up to twice this time to be detected. A
    /// slow body above this rate is never closed.
    /// </remarks>
    [Range(typeof(TimeSpan), Millisecond, LongestTime)]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the maximum number of retries after a failed request. 0 turns these retries off.</summary>
    /// <value>The default is 6. The range is from 0 to 1000.</value>
    /// <remarks>
    /// For an API call, this is the number of retries. For a download, it is the number of consecutive failures: the count starts again when usable bytes
    /// arrive. Simultaneous failures of several connections count as one. A response that does not match the request is not counted here: a download retries up
    /// to three times in a row after such a response, independent of this number. <see cref="MaxTotalRetries"/> limits these retries too.
    /// </remarks>
    [Range(0, 1000)]
    public int MaxRetries { get; set; } = 6;

    /// <summary>Gets or sets the maximum number of retries of one download in total, regardless of its progress.</summary>
    /// <value>The default is 1000. The range is from 0 to 1,000,000.</value>
    /// <remarks>It has no effect on API calls.</remarks>
    [Range(0, 1_000_000)]
    public int MaxTotalRetries { get; set; } = 1000;

    /// <summary>Gets or sets the wait before the first retry. Each later wait is twice as long.</summary>
    /// <value>The default is 0.5 seconds. The range is from 0 to 45 days. API calls never wait longer than one day.</value>
    [Range(typeof(TimeSpan), Zero, LongestTime)]
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Gets or sets the maximum wait between retries.</summary>
    /// <value>The default is 20 seconds. The range is from 0 to 45 days. API calls never wait longer than one day.</value>
    /// <remarks>If it is below <see cref="RetryBaseDelay"/>, it also limits the first wait. It does not limit <c>Retry-After</c>.</remarks>
    [Range(typeof(TimeSpan), Zero, LongestTime)]
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets the longest <c>Retry-After</c> that is respected.</summary>
    /// <value>The default is 60 seconds. The range is from 0 to 45 days.</value>
    /// <remarks>
    /// If the server asks for a longer wait, an API call waits this long and then retries. A download fails immediately, and its message contains the time that
    /// the server asked for. It can be resumed later.
    /// </remarks>
    [Range(typeof(TimeSpan), Zero, LongestTime)]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets or sets the maximum number of simultaneous connections to one host, for all calls and downloads of one client or downloader.</summary>
    /// <value>The default is 16. The range is from 1 to 256.</value>
    /// <remarks>
    /// A download adds connections while they make it faster, or uses exactly <see cref="DownloadOptions.Connections"/>, which must not exceed this number. If
    /// the caller provides an <see cref="HttpMessageHandler"/>, the limit applies only to downloads.
    /// </remarks>
    [Range(1, 256)]
    public int MaxConnectionsPerHost { get; set; } = 16;

    /// <summary>Gets or sets whether a downloaded file and its directory are flushed to disk before the download completes.</summary>
    /// <value>The default is true.</value>
    /// <remarks>
    /// Without flushing, a power failure can leave a corrupt file under the final name. A killed process cannot. <see cref="DownloadOptions.FlushToDisk"/>
    /// overrides it for one download.
    /// </remarks>
    public bool FlushToDisk { get; set; } = true;
}
