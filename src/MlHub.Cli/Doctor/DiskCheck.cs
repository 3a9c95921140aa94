using System.Globalization;

namespace MlHub.Cli;

/// <summary>The disk that is to hold downloads, and the quirks of its file system, as far as a small file shows them.</summary>
internal static class DiskCheck
{
    private const long Little = 1_000_000_000;

    public static IEnumerable<Finding> Examine(string output)
    {
        var directory = new DirectoryInfo(Path.GetFullPath(output));
        while (!directory.Exists && directory.Parent is { } parent)
        {
            directory = parent;
        }

        yield return Space(directory, out var format);
        foreach (var finding in Quirks(directory, format))
        {
            yield return finding;
        }
    }

    private static Finding Space(DirectoryInfo directory, out string format)
    {
        format = "";
        try
        {
            var drive = new DriveInfo(directory.FullName);
            format = drive.DriveFormat;
            var found = $"{Sizes.Of(drive.AvailableFreeSpace)} free at {directory.FullName} ({format})";
            return drive.AvailableFreeSpace >= Little ? Finding.Good("disk", found) : Finding.Bad("disk", $"{found}: remove files, or choose another directory with --output");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Finding.Good("disk", $"the free space at {directory.FullName} is unknown ({error.Message})");
        }
    }

    private static IReadOnlyList<Finding> Quirks(DirectoryInfo directory, string format)
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
                    ? Finding.Good("names", "upper and lower case are the same in names of files: two assets whose names differ in nothing else get different names")
                    : Finding.Good("names", "upper and lower case differ in names of files"),
                Longest(format),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [Finding.Bad("files", $"no file can be made in {directory.FullName}: {error.Message} Choose another directory with --output.")];
        }
    }

    private static Finding Flush(FileStream file)
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            file.Flush(flushToDisk: true);
            return Finding.Good("fsync", string.Create(CultureInfo.InvariantCulture, $"{System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.#} ms"));
        }
        catch (IOException error)
        {
            return Finding.Bad("fsync", $"the file system cannot wait for the disk ({error.Message}): use --no-fsync, or choose another directory with --output");
        }
    }

    private static Finding Lock(string path)
    {
        try
        {
            using var second = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0);
            return Finding.Bad("locks", "the file system has no locks: do not let two commands download the same file at the same time, or choose another directory with --output");
        }
        catch (IOException)
        {
            return Finding.Good("locks", "two commands notice each other");
        }
    }

    private static Finding Longest(string format) =>
        format.ToUpperInvariant() is "VFAT" or "MSDOS" or "FAT" or "FAT32"
            ? Finding.Bad("size of files", $"{format} holds no file of more than 4 GiB: choose another directory with --output for bigger archives")
            : Finding.Good("size of files", "files of more than 4 GiB are possible");
}
