using System.Globalization;

namespace MlHub.Cli;

/// <summary>Checks the free space of the disk for downloads, and tests the features of its file system with a small file.</summary>
internal static class DiskCheck
{
    private const long LowSpaceBytes = 1_000_000_000;

    public static IEnumerable<CheckResult> Run(string output)
    {
        var directory = new DirectoryInfo(Path.GetFullPath(output));
        while (!directory.Exists && directory.Parent is { } parent)
        {
            directory = parent;
        }

        yield return FreeSpace(directory, out var format);
        foreach (var result in TestFile(directory, format))
        {
            yield return result;
        }
    }

    private static CheckResult FreeSpace(DirectoryInfo directory, out string format)
    {
        format = "";
        try
        {
            var drive = new DriveInfo(directory.FullName);
            format = drive.DriveFormat;
            var found = $"{Sizes.Of(drive.AvailableFreeSpace)} free at {directory.FullName} ({format})";
            return drive.AvailableFreeSpace >= LowSpaceBytes ? CheckResult.Ok("disk", found) : CheckResult.Failed("disk", $"{found}: remove files, or choose another directory with --output");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return CheckResult.Ok("disk", $"the free space at {directory.FullName} is unknown ({FileErrors.Reason(error)})");
        }
    }

    private static IReadOnlyList<CheckResult> TestFile(DirectoryInfo directory, string format)
    {
        var path = Path.Combine(directory.FullName, $".mlhub-doctor-{Guid.NewGuid():N}");
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            file.WriteByte(0);
            return
            [
                Flush(file),
                Lock(path),
                File.Exists(path.Replace("mlhub-doctor", "MLHUB-DOCTOR", StringComparison.Ordinal))
                    ? CheckResult.Ok("names", "file names are not case-sensitive: assets whose names differ only in case get different file names")
                    : CheckResult.Ok("names", "file names are case-sensitive"),
                MaxFileSize(format),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [CheckResult.Failed("files", $"cannot create a file in {directory.FullName}: {FileErrors.Reason(error)}. Choose another directory with --output.")];
        }
    }

    private static CheckResult Flush(FileStream file)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            file.Flush(flushToDisk: true);
            return CheckResult.Ok("fsync", string.Create(CultureInfo.InvariantCulture, $"a write reaches the disk in {System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds:0.#} ms"));
        }
        catch (IOException error)
        {
            return CheckResult.Failed("fsync", $"the file system cannot wait for the disk ({FileErrors.Reason(error)}): use --no-fsync, or choose another directory with --output");
        }
    }

    private static CheckResult Lock(string path)
    {
        try
        {
            using var second = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0);
            return CheckResult.Failed("locks", "the file system does not support locks: do not let two commands download the same file at the same time, or choose another directory with --output");
        }
        catch (IOException)
        {
            return CheckResult.Ok("locks", "the file system supports locks");
        }
    }

    private static CheckResult MaxFileSize(string format) =>
        format.ToUpperInvariant() is "VFAT" or "MSDOS" or "FAT" or "FAT32"
            ? CheckResult.Failed("large files", $"{format} does not support files larger than 4 GiB: choose another directory with --output for larger archives")
            : CheckResult.Ok("large files", "files larger than 4 GiB are supported");
}
