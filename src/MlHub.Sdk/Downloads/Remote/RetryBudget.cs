using System.Globalization;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>How often and how late one download tries again. Progress renews the count in a row, never the count in all.</summary>
internal sealed class RetryBudget(DownloaderSettings options, Uri url)
{
    private readonly Lock _lock = new();
    private int _inARow;
    private int _total;
    private bool _hasBytes;
    private long _countedAt = long.MinValue;

    internal int Total => Volatile.Read(ref _total);

    /// <summary>Called for every piece that arrives.</summary>
    internal void Progress()
    {
        if (!Volatile.Read(ref _hasBytes))
        {
            Volatile.Write(ref _hasBytes, true);
        }

        if (Volatile.Read(ref _inARow) != 0)
        {
            Volatile.Write(ref _inARow, 0);
        }
    }

    /// <summary>Called when what was fetched is thrown away.</summary>
    internal void StartedAgain() => Volatile.Write(ref _hasBytes, false);

    /// <summary>Counts a failure and says how long to wait. What breaks several connections at once is one failure.</summary>
    /// <param name="failure">What failed.</param>
    /// <param name="begunAt">When the request began that failed.</param>
    /// <param name="isNew">Whether it was counted; false where it is the same failure, of another connection.</param>
    /// <exception cref="DownloadException">There have been too many, or the server asks for a longer wait than is allowed.</exception>
    internal TimeSpan Spend(TransientFailure failure, long begunAt, out bool isNew)
    {
        if (failure.RetryAfter > options.Transfer.MaxRetryAfter)
        {
            throw GiveUp(failure, string.Create(
                CultureInfo.InvariantCulture,
                $"The server asks, for {Where(failure)}, to wait {failure.RetryAfter.Value.TotalSeconds:0} s, longer than the {options.Transfer.MaxRetryAfter.TotalSeconds:0} s allowed. {Again("Run it again later")}"));
        }

        lock (_lock)
        {
            isNew = begunAt >= _countedAt;
            if (!isNew)
            {
                return failure.RetryAfter ?? TimeSpan.Zero;
            }

            _countedAt = options.TimeProvider.GetTimestamp();
            _total++;
            _inARow++;
            if (_inARow > options.Transfer.MaxRetries)
            {
                throw GiveUp(failure, $"Gave up on {Where(failure)} after {_inARow} failures in a row. {Last(failure)} {Again("Run it again")}");
            }

            if (_total > options.Transfer.MaxTotalRetries)
            {
                throw GiveUp(failure, $"Gave up on {Where(failure)} after {_total} failures in all. {Last(failure)} {Again("Run it again")}");
            }

            return Delay(_inARow, failure.RetryAfter);
        }
    }

    // Jitter keeps many clients from coming back all at once; a Retry-After is a least, never shortened by it.
    private TimeSpan Delay(int attempt, TimeSpan? retryAfter)
    {
        var doubled = options.Transfer.RetryBaseDelay * Math.Pow(2, Math.Min(attempt - 1, 30));
        var capped = doubled < options.Transfer.RetryMaxDelay ? doubled : options.Transfer.RetryMaxDelay;
#pragma warning disable CA5394 // Jitter is no secret.
        var jittered = capped * (0.5 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
        return retryAfter > jittered ? retryAfter.Value : jittered;
    }

    private Uri Where(TransientFailure failure) => failure.Url ?? RedactedUrl.Of(url);

    // There is nothing to resume where nothing came.
    private string Again(string advice) => Volatile.Read(ref _hasBytes) ? $"{advice}: it resumes." : $"{advice}.";

    private static string Last(TransientFailure failure) =>
        failure.ServerWords is null ? failure.Message : $"{failure.Message} The server said: {failure.ServerWords}";

    private DownloadException GiveUp(TransientFailure failure, string message) => new(DownloadFailure.Network, message, failure.InnerException)
    {
        StatusCode = failure.Status,
        RequestUrl = Where(failure),
        ServerMessage = failure.ServerWords,
    };
}
