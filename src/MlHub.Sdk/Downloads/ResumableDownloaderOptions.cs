using Microsoft.Extensions.Logging;

namespace MlHub.Sdk;

/// <summary>How a <see cref="ResumableDownloader"/> behaves. Options are read once, when it is made.</summary>
/// <remarks>All times are above zero, waits from zero on, and none is longer than 45 days, which is what timers take.</remarks>
public sealed class ResumableDownloaderOptions
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(45);

    /// <summary>The most connections to one host, for everything that the downloader does together; from 1 to 256.</summary>
    /// <value>The default is 16. One file uses as many of them as pay, unless <see cref="DownloadRequest.Connections"/>, which must not be more, fixes its number.</value>
    public int MaxConnectionsPerHost { get; set; } = 16;

    /// <summary>How long connecting may take, for the downloader's own connections.</summary>
    /// <value>The default is 10 seconds. It has no effect with <see cref="HttpMessageHandler"/>, which connects as it likes.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the server may take from the request to the end of the answer's headers.</summary>
    /// <value>The default is 100 seconds.</value>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// How long a body may stand still, or trickle at less than 1 KiB in that time, before its connection is given up and tried again. It is looked at
    /// once in that time, so that it may take twice as long.
    /// </summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often in a row to try again without having got a byte in between that is kept. Bytes that cannot be resumed are not kept. What fails
    /// on several connections at once counts once.
    /// </summary>
    /// <value>The default is 6.</value>
    public int MaxRetries { get; set; } = 6;

    /// <summary>How often to try again in all, for one file, however much progress there is.</summary>
    /// <value>The default is 1000.</value>
    public int MaxTotalRetries { get; set; } = 1000;

    /// <summary>How long to wait before the first try again. Later waits double, and each is jittered between half and the whole.</summary>
    /// <value>The default is 0.5 seconds.</value>
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait that doubling leads to.</summary>
    /// <value>The default is 20 seconds.</value>
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest Retry-After that is obeyed. A server that asks for more makes the download fail at once, resumable, saying so.</summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether files and directories are flushed to disk before a download is called done.</summary>
    /// <value>The default is true. <see cref="DownloadRequest.FlushToDisk"/> overrides it.</value>
    public bool FlushToDisk { get; set; } = true;

    /// <summary>The <c>User-Agent</c> to send, in ASCII (RFC 9110 §10.1.5); null sends <c>MlHub.Sdk/</c>, the version, the operating system and the runtime.</summary>
    /// <value>The default is null.</value>
    public string? UserAgent { get; set; }

    /// <summary>Where retries, restarts and verifications are told. No message holds a query or user information of an address.</summary>
    /// <value>The default is null: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock that time-outs, waits and rates go by.</summary>
    /// <value>The default is the system's.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// What sends the requests: for proxies and for tests. It must neither follow redirects nor decompress, and is not disposed.
    /// </summary>
    /// <value>The default is null: the downloader's own connections.</value>
    public HttpMessageHandler? HttpMessageHandler { get; set; }

    /// <summary>Takes what is secret out of a server's words, for a client that knows its key.</summary>
    internal Func<string, string> Scrub { get; init; } = static words => words;

    /// <summary>What to say to do about 401 and 403.</summary>
    internal string AccessAdvice { get; init; } = "It may need a login, or be signed and have expired.";

    /// <summary>What holds from now on, whatever is set here later.</summary>
    internal ResumableDownloaderOptions Copy() => (ResumableDownloaderOptions)MemberwiseClone();

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnectionsPerHost, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxConnectionsPerHost, 256);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ResponseTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRetries);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxTotalRetries);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryBaseDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryMaxDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryAfter, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        Sdk.UserAgent.Require(UserAgent, nameof(UserAgent));
        foreach (var time in (TimeSpan[])[ConnectTimeout, ResponseTimeout, StallTimeout, RetryBaseDelay, RetryMaxDelay, MaxRetryAfter])
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(time, LongestTime);
        }
    }
}
