using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets.Fetching;

/// <summary>One lock for all files of a run.</summary>
internal static class RunLock
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Takes the lock, or waits for it.</summary>
    /// <exception cref="DownloadException">Another run has it, and the options say not to wait.</exception>
    internal static async Task<IDisposable> TakeAsync(string path, IfLocked ifLocked, TimeProvider time, CancellationToken cancellationToken)
    {
        var watch = new SilenceWatch(time);
        while (true)
        {
            if (LockFile.TryTake(path, watch, out var holder) is { } taken)
            {
                return taken;
            }

            if (ifLocked == IfLocked.Fail && holder is not null)
            {
                throw new DownloadException(DownloadFailure.Locked, $"{holder} is downloading to '{Path.GetDirectoryName(path)}'. Wait for it, or choose another directory.") { Path = path };
            }

            await Task.Delay(PollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
