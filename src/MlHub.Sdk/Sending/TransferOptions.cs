using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace MlHub.Sdk;

/// <summary>Time-outs, retries, connections and flushing: one set of options for API calls and for downloads.</summary>
/// <remarks>
/// <para>
/// An API call is repeated after a failed connection, after an answer that did not begin within <see cref="ResponseTimeout"/>, and after the statuses
/// 408, 429, 500, 502, 503 and 504, if its method is GET, HEAD or OPTIONS. A download is tried again after the same failures. It is also tried again
/// after a body that broke off or stalled, and then continues with the bytes that are missing.
/// </para>
/// <para>
/// The waits between retries begin with <see cref="RetryBaseDelay"/>, double each time, and never exceed <see cref="RetryMaxDelay"/>. They are randomized,
/// so that many clients do not come back at the same moment. If the server sends <c>Retry-After</c> (RFC 9110 §10.2.3), that time counts instead, up to
/// <see cref="MaxRetryAfter"/>.
/// </para>
/// <para>
/// Each attempt has its own <see cref="ConnectTimeout"/>, <see cref="ResponseTimeout"/> and <see cref="StallTimeout"/>. There is no limit for the whole
/// time of a call or of a download: use a <see cref="CancellationToken"/> for that.
/// </para>
/// </remarks>
[UnconditionalSuppressMessage(
    "Trimming", "IL2026", Justification = "RangeAttribute converts text to TimeSpan, which is not generic. The generated validators do not use its converter.")]
public sealed record TransferOptions
{
    private const string Millisecond = "00:00:00.001";
    private const string Zero = "00:00:00";
    private const string LongestTime = "45.00:00:00";

    /// <summary>Gets or sets how long connecting to a server may take, TLS included.</summary>
    /// <value>The default is 10 seconds. The range is from 1 millisecond to 45 days.</value>
    /// <remarks>It has no effect if the caller gives an <see cref="HttpMessageHandler"/>: that handler opens the connections.</remarks>
    [Range(typeof(TimeSpan), Millisecond, LongestTime)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how long a server may take from the request until all headers of its answer are there.</summary>
    /// <value>The default is 100 seconds. The range is from 1 millisecond to 45 days.</value>
    /// <remarks>It includes the time for connecting. A value below <see cref="ConnectTimeout"/> therefore limits connecting too.</remarks>
    [Range(typeof(TimeSpan), Millisecond, LongestTime)]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Gets or sets how long the body of an answer may bring nothing before its connection is given up.</summary>
    /// <value>The default is 30 seconds. The range is from 1 millisecond to 45 days.</value>
    /// <remarks>
    /// A body that brings less than 1 KiB in this time counts as standing still. It is looked at once in this time, so the decision can take twice as long. A
    /// slow body that is above this rate is never given up.
    /// </remarks>
    [Range(typeof(TimeSpan), Millisecond, LongestTime)]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how often a failed request is repeated. 0 turns these retries off.</summary>
    /// <value>The default is 6. The range is from 0 to 1000.</value>
    /// <remarks>
    /// For an API call it is the number of repetitions. For a download it is the number of failures in a row: the count starts again when bytes arrive
    /// that are kept. Failures of several connections at the same time count as one.
    /// An odd answer is no such failure: a download asks again up to three times in a row when a server answers in a way that does not fit the request,
    /// whatever this number is. <see cref="MaxTotalRetries"/> limits these too.
    /// </remarks>
    [Range(0, 1000)]
    public int MaxRetries { get; set; } = 6;

    /// <summary>Gets or sets how often one download may be tried again in total, however much progress it makes.</summary>
    /// <value>The default is 1000. The range is from 0 to 1,000,000.</value>
    /// <remarks>It has no effect on API calls.</remarks>
    [Range(0, 1_000_000)]
    public int MaxTotalRetries { get; set; } = 1000;

    /// <summary>Gets or sets the wait before the first retry. Later waits double.</summary>
    /// <value>The default is 0.5 seconds. The range is from 0 to 45 days. A wait of an API call is never longer than one day.</value>
    [Range(typeof(TimeSpan), Zero, LongestTime)]
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Gets or sets the longest wait that doubling can lead to.</summary>
    /// <value>The default is 20 seconds. The range is from 0 to 45 days. A wait of an API call is never longer than one day.</value>
    /// <remarks>If it is below <see cref="RetryBaseDelay"/>, it limits the first wait too. It does not limit <c>Retry-After</c>.</remarks>
    [Range(typeof(TimeSpan), Zero, LongestTime)]
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets the longest <c>Retry-After</c> that is obeyed.</summary>
    /// <value>The default is 60 seconds. The range is from 0 to 45 days.</value>
    /// <remarks>
    /// If a server asks for more, an API call waits this long and then tries again. A download fails at once, with the time that the server named, and
    /// can be resumed later.
    /// </remarks>
    [Range(typeof(TimeSpan), Zero, LongestTime)]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets or sets the largest number of connections to one host at the same time, for all calls and downloads of one client or downloader.</summary>
    /// <value>The default is 16. The range is from 1 to 256.</value>
    /// <remarks>
    /// A file uses as many of them as make it faster, or exactly <see cref="DownloadOptions.Connections"/>, which must not exceed this number. If the
    /// caller gives an <see cref="HttpMessageHandler"/>, the number holds for downloads only.
    /// </remarks>
    [Range(1, 256)]
    public int MaxConnectionsPerHost { get; set; } = 16;

    /// <summary>Gets or sets whether a downloaded file and its directory are flushed to disk before the download counts as done.</summary>
    /// <value>The default is true.</value>
    /// <remarks>
    /// Without it, a power failure can leave a damaged file under the final name; a killed process cannot. <see cref="DownloadOptions.FlushToDisk"/>
    /// overrides it for one download.
    /// </remarks>
    public bool FlushToDisk { get; set; } = true;
}
