namespace MlHub.Sdk.Downloads.Files;

/// <summary>The final path of a file, and the paths of its temporary files during the download.</summary>
internal sealed record Target(string Directory, string FileName)
{
    /// <summary>The final path. A file here is complete and verified.</summary>
    internal string FinalPath { get; } = Path.Combine(Directory, FileName);

    /// <summary>The part file: the bytes received so far.</summary>
    internal string PartPath => FinalPath + ".mlhub-part";

    /// <summary>The journal: which of these bytes are complete, and of which version.</summary>
    internal string JournalPath => FinalPath + ".mlhub-journal";

    /// <summary>The next journal while it is being written.</summary>
    internal string NewJournalPath => JournalPath + "-new";

    /// <summary>The lock file, which names the process that is downloading.</summary>
    internal string LockPath => FinalPath + ".mlhub-lock";

    /// <summary>Whether a file with the final name exists. Links are followed.</summary>
    /// <exception cref="DownloadException">The final path is a directory, a pipe, a socket or a device.</exception>
    internal bool TryGetExisting(out long length)
    {
        var existing = FileStatus.At(FinalPath, followsLinks: true);
        length = existing?.Size ?? 0;
        return existing?.Kind switch
        {
            null => IsCircularLink() ? throw PathBlocked(FinalPath, $"'{FinalPath}' is a circular link, but a file is to be stored there. Remove it.") : false,
            FileKind.Regular => true,
            FileKind.Directory => throw PathBlocked(FinalPath, $"'{FinalPath}' is a directory, but a file is to be stored there. Choose another directory."),
            _ => throw PathBlocked(FinalPath, $"'{FinalPath}' is a pipe, a socket or a device, or a link to one, but a file is to be stored there. Choose another name or directory."),
        };
    }

    /// <summary>The entry at the final path, without following links. Null if there is none.</summary>
    internal FileStatus? Look() => FileStatus.At(FinalPath, followsLinks: false);

    /// <summary>Throws unless the final path and the paths of the temporary files are regular files or do not exist.</summary>
    /// <exception cref="DownloadException">One of the paths is something else. It was not opened, followed or removed.</exception>
    internal void RequireRegularFiles()
    {
        _ = TryGetExisting(out _);
        foreach (var path in (ReadOnlySpan<string>)[LockPath, PartPath, JournalPath, NewJournalPath])
        {
            if (FileStatus.At(path, followsLinks: false) is { IsRegular: false })
            {
                throw PathBlocked(path, $"'{path}' is a link, a directory, a pipe or a device, but the download needs this name for a temporary file. Remove it and run the download again.");
            }
        }
    }

    // A dangling link may be replaced. A circular link is a mistake of its creator (ELOOP).
    private bool IsCircularLink()
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

    private static DownloadException PathBlocked(string path, string message) => new(DownloadFailure.FileSystem, message) { Path = path };
}
