using System.Runtime.ExceptionServices;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Reporting;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>The target of a download: its name, as soon as it is known, and the lock on it.</summary>
/// <param name="request">The request.</param>
/// <param name="services">The shared services.</param>
/// <param name="progress">Receives the name and the waits for the lock.</param>
/// <param name="claim">Throws if another download of the same batch has the same target. Null if there is no batch.</param>
internal sealed class Place(DownloadRequest request, DownloadServices services, ProgressReporter progress, Action<Target>? claim) : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private readonly SilenceWatch _watch = new(services.Time);
    private ExceptionDispatchInfo? _cannotLock;

    internal string Directory { get; } = Path.GetFullPath(request.OutputDirectory);

    /// <summary>The target. Null while only the server knows the name.</summary>
    internal Target? Target { get; private set; }

    /// <summary>The part file, which holds the lock. Null while it is not locked.</summary>
    internal PartFile? Part { get; private set; }

    /// <summary>Whether the lock was attempted: it is held, or it cannot be taken because the directory is not writable.</summary>
    internal bool IsSettled => Part is not null || _cannotLock is not null;

    /// <summary>Creates the directory, and sets the target if the caller gave a name.</summary>
    internal void Prepare()
    {
        if (File.Exists(Directory))
        {
            throw new DownloadException(DownloadFailure.FileSystem, $"'{Directory}' is a file, but a directory is needed.") { Path = Directory };
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

    /// <summary>Claims the target of an existing file that has another name than expected.</summary>
    internal void Claim(Target target) => claim?.Invoke(target);

    /// <summary>Tries to take the lock. It counts as taken if the directory is not writable and a file exists that may be complete.</summary>
    /// <param name="holder">The holder of the lock. Null if it is unknown.</param>
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
            // In a directory that is not writable, or if the lock cannot be created, a file can still be complete. In that case there is nothing to lock.
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
                throw new DownloadException(DownloadFailure.Locked, $"{holder} is downloading '{Target.FinalPath}'. Wait for it, or choose another directory.")
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

    /// <summary>Returns the part file, because bytes must be written now.</summary>
    /// <exception cref="IOException">The directory is not writable.</exception>
    internal PartFile RequirePart()
    {
        _cannotLock?.Throw();
        return Part!;
    }

    /// <summary>Removes the part file and the journal, if the lock is held.</summary>
    internal void Discard() => Part?.Discard();

    public void Dispose() => Part?.Dispose();
}
