using MlHub.Sdk.Downloads.Disk;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Naming;

/// <summary>Where a file goes, and the names of what lies beside it while it is on its way.</summary>
internal sealed record Target(string Directory, string FileName)
{
    /// <summary>The final path: what lies here is whole and right.</summary>
    internal string FinalPath { get; } = Path.Combine(Directory, FileName);

    /// <summary>The bytes so far.</summary>
    internal string PartPath => FinalPath + ".mlhub-part";

    /// <summary>What is known of them.</summary>
    internal string JournalPath => FinalPath + ".mlhub-journal";

    /// <summary>The next journal, until it is whole.</summary>
    internal string NewJournalPath => JournalPath + "-new";

    /// <summary>Who is at work on them.</summary>
    internal string LockPath => FinalPath + ".mlhub-lock";

    /// <summary>
    /// Where a file will go unless a redirect gives it another name; null while only the server can tell: <c>…/17/download</c> and
    /// <c>get?id=17</c> are no names of files, and one server redirects many such addresses to files with names of their own.
    /// </summary>
    internal static Target? Expected(DownloadRequest request) =>
        (request.FileName ?? request.LikelyFileName ?? NameIn(request.Url)) is { } name ? new(Path.GetFullPath(request.OutputDirectory), name) : null;

    private static string? NameIn(Uri url) =>
        SafeFileName.FromUrl(url) is var name && Path.HasExtension(name) && !AddressMark.HasTellingQuery(url) ? name : null;

    /// <summary>Whether a file lies under the final name; a directory, a pipe, a socket or a device there is an error.</summary>
    internal bool TryGetExisting(out long length)
    {
        if (System.IO.Directory.Exists(FinalPath))
        {
            throw new DownloadException(DownloadFailure.FileSystem, $"'{FinalPath}' is a directory, and a file is to be put there. Choose another directory.")
            {
                Path = FinalPath,
            };
        }

        if (OrdinaryFile.LeadsElsewhere(FinalPath))
        {
            throw new DownloadException(
                DownloadFailure.FileSystem, $"'{FinalPath}' is a pipe, a socket or a device, or leads to one, and a file is to be put there. Choose another name or directory.")
            {
                Path = FinalPath,
            };
        }

        // Of a link, the file that it leads to counts: its own length is that of its text.
        FileSystemInfo file = new FileInfo(FinalPath);
        file = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        length = file is FileInfo { Exists: true } existing ? existing.Length : 0;
        return file.Exists;
    }

    /// <summary>Whether anything lies under the final name, a link to nothing included.</summary>
    internal bool IsNameTaken() => File.Exists(FinalPath) || new FileInfo(FinalPath).LinkTarget is not null;

    /// <summary>Fails when something else than a file lies where the file or this target's own files go: it is never opened, followed or removed.</summary>
    internal void RequireOwnPlaces()
    {
        _ = TryGetExisting(out _);
        foreach (var path in (ReadOnlySpan<string>)[LockPath, PartPath, JournalPath, NewJournalPath])
        {
            if (!OrdinaryFile.IsThereOrNothing(path))
            {
                throw new DownloadException(DownloadFailure.FileSystem, $"'{path}' is a link, a directory, a pipe or a device, where a file of the download's own goes. Remove it and run it again.")
                {
                    Path = path,
                };
            }
        }
    }
}
