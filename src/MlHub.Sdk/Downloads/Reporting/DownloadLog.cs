using Microsoft.Extensions.Logging;

namespace MlHub.Sdk.Downloads.Reporting;

/// <summary>The log messages of downloads. The caller redacts addresses.</summary>
internal static partial class DownloadLog
{
    [LoggerMessage(1, LogLevel.Information, "Downloading {Url} to {Path}.")]
    internal static partial void Started(ILogger logger, Uri url, string path);

    internal static void Retrying(ILogger logger, string failure, Uri url, TimeSpan delay) => RetryingIn(logger, url, failure, delay.TotalSeconds);

    [LoggerMessage(3, LogLevel.Warning, "The download of {Url} restarts: {Reason}.")]
    internal static partial void Restarting(ILogger logger, Uri url, string reason);

    [LoggerMessage(4, LogLevel.Information, "{Path} resumes an earlier run with {Bytes} bytes.")]
    internal static partial void Resuming(ILogger logger, string path, long bytes);

    [LoggerMessage(5, LogLevel.Information, "{Path} is complete: {Bytes} bytes, verified by {Verified}.")]
    internal static partial void Finished(ILogger logger, string path, long bytes, DownloadVerification verified);

    [LoggerMessage(6, LogLevel.Information, "{Path} already exists: {Reason}.")]
    internal static partial void Skipped(ILogger logger, string path, string reason);

    [LoggerMessage(7, LogLevel.Warning, "Waiting for {Holder}, which is downloading {Path}.")]
    internal static partial void WaitingForLock(ILogger logger, string holder, string path);

    [LoggerMessage(8, LogLevel.Information, "The signed address of {Url} has expired; requesting a new one.")]
    internal static partial void AddressExpired(ILogger logger, Uri url);

    [LoggerMessage(9, LogLevel.Warning, "{Count} blocks of {Path} were corrupted since the earlier run and are downloaded again.")]
    internal static partial void Spoilt(ILogger logger, int count, string path);

    [LoggerMessage(2, LogLevel.Warning, "{Url}: {Failure} Trying again in {Seconds:0.0} s.", EventName = nameof(Retrying))]
    private static partial void RetryingIn(ILogger logger, Uri url, string failure, double seconds);

    [LoggerMessage(10, LogLevel.Information, "The bytes downloaded of {Path} are not kept, because no later run could resume with them: {Reason}.")]
    internal static partial void Discarded(ILogger logger, string path, string reason);

    [LoggerMessage(12, LogLevel.Information, "An additional connection for {Path} was refused, and the others continue: {Reason}")]
    internal static partial void ConnectionRefused(ILogger logger, string path, string reason);

    [LoggerMessage(13, LogLevel.Debug, "The journal of {Path} was written {Times} times, which took {Seconds:0.000} of {Total:0.000} s.")]
    internal static partial void Recorded(ILogger logger, string path, int times, double seconds, double total);

    [LoggerMessage(11, LogLevel.Information, "The journal of {Path} could not be written: {Error}")]
    internal static partial void JournalFailed(ILogger logger, string path, string error);

    [LoggerMessage(20, LogLevel.Information, "Prefetching {Url} failed, and a later read retries: {Error}")]
    internal static partial void ReadAheadFailed(ILogger logger, Uri url, string error);
}
