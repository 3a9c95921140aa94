using Microsoft.Extensions.Logging;

namespace MlHub.Sdk.Downloads.Reporting;

/// <summary>The log messages of downloads. The caller redacts addresses.</summary>
internal static partial class DownloadLog
{
    internal static void RetryingDownload(ILogger logger, string failure, Uri url, TimeSpan delay) => RetryingIn(logger, url, failure, delay.TotalSeconds);

    [LoggerMessage(201, LogLevel.Information, "Downloading {Url} to {Path}.")]
    internal static partial void Downloading(ILogger logger, Uri url, string path);

    [LoggerMessage(202, LogLevel.Warning, "{Url}: {Failure} Trying again in {Seconds:0.0} s.", EventName = nameof(RetryingDownload))]
    private static partial void RetryingIn(ILogger logger, Uri url, string failure, double seconds);

    [LoggerMessage(203, LogLevel.Warning, "The download of {Url} restarts: {Reason}.")]
    internal static partial void RestartingDownload(ILogger logger, Uri url, string reason);

    [LoggerMessage(204, LogLevel.Information, "{Path} resumes an earlier run with {Bytes} bytes.")]
    internal static partial void ResumingDownload(ILogger logger, string path, long bytes);

    [LoggerMessage(205, LogLevel.Information, "{Path} is complete: {Bytes} bytes, verified by {Verified}.")]
    internal static partial void Downloaded(ILogger logger, string path, long bytes, DownloadVerification verified);

    [LoggerMessage(206, LogLevel.Information, "{Path} already exists: {Reason}.")]
    internal static partial void AlreadyThere(ILogger logger, string path, string reason);

    [LoggerMessage(207, LogLevel.Warning, "Waiting for {Holder}, which is downloading {Path}.")]
    internal static partial void WaitingForLock(ILogger logger, string holder, string path);

    [LoggerMessage(208, LogLevel.Information, "The signed address of {Url} has expired; requesting a new one.")]
    internal static partial void AddressExpired(ILogger logger, Uri url);

    [LoggerMessage(209, LogLevel.Warning, "{Count} blocks of {Path} were corrupted since the earlier run and are downloaded again.")]
    internal static partial void BlocksCorrupted(ILogger logger, int count, string path);

    [LoggerMessage(210, LogLevel.Information, "The bytes downloaded of {Path} are not kept, because no later run could resume with them: {Reason}.")]
    internal static partial void BytesDiscarded(ILogger logger, string path, string reason);

    [LoggerMessage(211, LogLevel.Information, "The journal of {Path} could not be written: {Error}")]
    internal static partial void JournalFailed(ILogger logger, string path, string error);

    [LoggerMessage(212, LogLevel.Information, "An additional connection for {Path} was refused, and the others continue: {Reason}")]
    internal static partial void ConnectionRefused(ILogger logger, string path, string reason);

    [LoggerMessage(213, LogLevel.Debug, "The journal of {Path} was written {Times} times, which took {Seconds:0.000} of {Total:0.000} s.")]
    internal static partial void JournalWritten(ILogger logger, string path, int times, double seconds, double total);

    [LoggerMessage(214, LogLevel.Information, "Prefetching {Url} failed, and a later read retries: {Error}")]
    internal static partial void PrefetchingFailed(ILogger logger, Uri url, string error);
}
