namespace MlHub.Sdk.Downloads.Files;

/// <summary>Where a file goes, and the names of the files that lie beside it during the download.</summary>
internal sealed record Target(string Directory, string FileName)
{
    /// <summary>The final path. What lies here is whole and right.</summary>
    internal string FinalPath { get; } = Path.Combine(Directory, FileName);

    /// <summary>The bytes so far.</summary>
    internal string PartPath => FinalPath + ".mlhub-part";

    /// <summary>What is known of these bytes.</summary>
    internal string JournalPath => FinalPath + ".mlhub-journal";

    /// <summary>The next journal, until it is complete.</summary>
    internal string NewJournalPath => JournalPath + "-new";

    /// <summary>Which process is downloading.</summary>
    internal string LockPath => FinalPath + ".mlhub-lock";

    /// <summary>Whether a file lies under the final name. Of a link, the file that it leads to counts.</summary>
    /// <exception cref="DownloadException">A directory, a pipe, a socket or a device lies there.</exception>
    internal bool TryGetExisting(out long length)
    {
        var existing = FileStatus.At(FinalPath, followsLinks: true);
        length = existing?.Size ?? 0;
        return existing?.Kind switch
        {
            null => LeadsInACircle() ? throw InTheWay(FinalPath, $"'{FinalPath}' is a link that leads in a circle, and a file is to be put there. Remove it.") : false,
            FileKind.Regular => true,
            FileKind.Directory => throw InTheWay(FinalPath, $"'{FinalPath}' is a directory, and a file is to be put there. Choose another directory."),
            _ => throw InTheWay(FinalPath, $"'{FinalPath}' is a pipe, a socket or a device, or leads to one, and a file is to be put there. Choose another name or directory."),
        };
    }

    /// <summary>What lies under the final name, a link as itself; null when nothing does.</summary>
    internal FileStatus? Look() => FileStatus.At(FinalPath, followsLinks: false);

    /// <summary>Requires that nothing but regular files lies under the final name and the names beside it.</summary>
    /// <exception cref="DownloadException">Something else does. It was not opened, followed or removed.</exception>
    internal void RequireOwnPlaces()
    {
        _ = TryGetExisting(out _);
        foreach (var path in (ReadOnlySpan<string>)[LockPath, PartPath, JournalPath, NewJournalPath])
        {
            if (FileStatus.At(path, followsLinks: false) is { IsRegular: false })
            {
                throw InTheWay(path, $"'{path}' is a link, a directory, a pipe or a device, where a file of the download's own goes. Remove it and run it again.");
            }
        }
    }

    // A link to nothing may be replaced: a file will be where it was to lead. A circle is somebody's mistake (ELOOP).
    private bool LeadsInACircle()
    {
        try
        {
            return FileStatus.At(FinalPath, followsLinks: false) is { Kind: FileKind.Link } && new FileInfo(FinalPath).ResolveLinkTarget(returnFinalTarget: true) is null;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static DownloadException InTheWay(string path, string message) => new(DownloadFailure.FileSystem, message) { Path = path };
}
