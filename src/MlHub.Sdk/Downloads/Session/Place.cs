using System.Runtime.ExceptionServices;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Reporting;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>Where the file of a download goes: its name, as soon as it is known, and the lock on it.</summary>
/// <param name="request">What to fetch.</param>
/// <param name="services">What downloads share.</param>
/// <param name="progress">Hears of the name and of waiting.</param>
/// <param name="claim">Fails when another of the downloads that belong together has the same target; null when there are no others.</param>
internal sealed class Place(DownloadRequest request, DownloadServices services, ProgressReporter progress, Action<Target>? claim) : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private readonly SilenceWatch _watch = new(services.Time);
    private ExceptionDispatchInfo? _cannotLock;

    internal string Directory { get; } = Path.GetFullPath(request.OutputDirectory);

    /// <summary>The target; null while only the server can tell the name.</summary>
    internal Target? Target { get; private set; }

    /// <summary>The part, which holds the lock; null while it is not locked.</summary>
    internal PartFile? Part { get; private set; }

    /// <summary>Whether the lock was tried: it is held, or cannot be had because nothing can be written there.</summary>
    internal bool IsSettled => Part is not null || _cannotLock is not null;

    /// <summary>Makes the directory, and takes the name if the caller gave one.</summary>
    internal void Prepare()
    {
        if (File.Exists(Directory))
        {
            throw new DownloadException(DownloadFailure.FileSystem, $"'{Directory}' is a file, and a directory is needed.") { Path = Directory };
        }

        try
        {
            System.IO.Directory.CreateDirectory(Directory);
        }
        catch (Exception error) when (DiskErrors.IsNotWritable(error))
        {
            throw DiskErrors.NotWritable(Directory, error);
        }

        if (request.FileName is { } name)
        {
            Choose(name);
        }
    }

    internal Target Choose(string fileName)
    {
        var target = new Target(Directory, fileName);
        claim?.Invoke(target);
        progress.Path = target.FinalPath;
        return Target = target;
    }

    /// <summary>Claims the target of a file that is there under another name than was expected.</summary>
    internal void Claim(Target target) => claim?.Invoke(target);

    /// <summary>Tries to take the lock. Counts as taken when nothing can be written here and a file is there that may be whole.</summary>
    /// <param name="holder">Who holds it; null when nobody says so.</param>
    internal bool TryLock(out string? holder)
    {
        holder = null;
        try
        {
            Part ??= PartFile.TryTake(Target!, _watch, out holder);
            return Part is not null;
        }
        catch (Exception error) when ((DiskErrors.IsDiskError(error) || error is DownloadException)
            && request.Options.IfExists != IfExists.Overwrite && Target!.TryGetExisting(out _))
        {
            // In a directory that cannot be written, or beside something strange, a file can still be whole. Then there is nothing to lock.
            _cannotLock = ExceptionDispatchInfo.Capture(error);
            return true;
        }
    }

    /// <summary>Waits for the lock, once the name is known.</summary>
    internal async Task LockAsync(CancellationToken cancellationToken)
    {
        if (Target is null || _cannotLock is not null)
        {
            return;
        }

        for (var isFirst = true; !TryLock(out var holder); isFirst = false)
        {
            if (request.Options.IfLocked == IfLocked.Fail && holder is not null)
            {
                throw new DownloadException(DownloadFailure.Locked, $"{holder} is at work on '{Target.FinalPath}'. Wait for it, or choose another directory.")
                {
                    Path = Target.FinalPath,
                };
            }

            if (isFirst)
            {
                DownloadLog.WaitingForLock(services.Logger, holder ?? "another process", Target.FinalPath);
            }

            progress.Report(DownloadPhase.Waiting, 0, 0);
            await Task.Delay(PollInterval, services.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The part, now that something has to be written.</summary>
    /// <exception cref="IOException">Nothing can be written here.</exception>
    internal PartFile RequirePart()
    {
        _cannotLock?.Throw();
        return Part!;
    }

    /// <summary>Removes what was fetched, if the lock is held.</summary>
    internal void Discard() => Part?.Discard();

    public void Dispose() => Part?.Dispose();
}
