using MlHub.Hub.Index;

namespace MlHub.Hub.Serving;

/// <summary>
/// Finds the file of an asset: where its relative href leads, or where the downloads of the SDK and of the Python client put it, or in the archive of its collection.
/// </summary>
/// <param name="files">The files of the directory.</param>
/// <param name="archives">The archive of each collection: its path in the directory.</param>
internal sealed class LocalAssets(DirectoryFiles files, IReadOnlyDictionary<string, string> archives)
{
    /// <summary>The first segment of the path of every asset in the storage.</summary>
    internal const string Root = "files";

    /// <summary>The folder beside those of items that has what several items share.</summary>
    internal const string Common = "_common";

    /// <summary>The file of an asset. Null if the hub does not have it.</summary>
    internal LocalAsset? Find(DocumentPlace place, string key, string href, KnownFolders known) => Locate(place, key, href, known) is not var (tarball, path) ? null
        : tarball is null ? new LocalAsset(Href([.. path.Folder, path.Name]), files.LengthOf(path.Folder, path.Name), path.IsShared)
        : new LocalAsset(Href(tarball, path), files.LengthOf(tarball, path.InTarball) ?? 0, path.IsShared);

    /// <summary>The address of an asset in the storage. Null if it leads nowhere in the directory.</summary>
    internal string? AddressOf(DocumentPlace place, string key, string href, KnownFolders known)
    {
        if (Locate(place, key, href, known) is var (tarball, path))
        {
            return tarball is null ? Href([.. path.Folder, path.Name]) : Href(tarball, path);
        }

        // Where a relative href leads, although there is no file.
        return Relative(known.FoldersOf(place).Folder, href) is { } missing ? Href(place.Source == Source.Archive ? [.. place.Path.Split('/'), .. missing] : missing) : null;
    }

    internal static string Href(string[] path) => $"{Root}/{Escape(path)}";

    /// <summary>The path of a URL, with slashes.</summary>
    internal static string Escape(string[] path) => string.Join('/', path.Select(Uri.EscapeDataString));

    private static string Href(string tarball, Candidate path) => Href([.. tarball.Split('/'), .. path.Folder, path.Name]);

    // The first candidate that is there, and the tarball that it is in.
    private (string? Tarball, Candidate Path)? Locate(DocumentPlace place, string key, string href, KnownFolders known)
    {
        if (place.Source == Source.Archive)
        {
            return InTarball(place.Path, place.Folder, key, href);
        }

        var (folder, common) = known.FoldersOf(place);
        foreach (var candidate in Candidates(folder, common, key, href))
        {
            if (files.Has(candidate.Folder, candidate.Name, known))
            {
                return (null, candidate);
            }
        }

        return archives.TryGetValue(place.Collection, out var archive) ? InTarball(archive, place.Item is null ? [place.Collection] : [place.Collection, place.Item], key, href) : null;
    }

    private (string? Tarball, Candidate Path)? InTarball(string tarball, string[] folder, string key, string href)
    {
        foreach (var candidate in Candidates(folder, folder.Length == 0 ? [] : [.. folder[..^1], Common], key, href))
        {
            if (files.LengthOf(tarball, candidate.InTarball) is not null)
            {
                return (tarball, candidate);
            }
        }

        return null;
    }

    private static IEnumerable<Candidate> Candidates(string[] folder, string[] common, string key, string href)
    {
        var relative = Relative(folder, href);
        var isBelow = relative is not null && relative.AsSpan().StartsWith(folder);
        var isBeside = isBelow && relative!.Length == folder.Length + 1;
        if (relative is { Length: > 0 })
        {
            yield return new Candidate(isBeside ? folder : relative[..^1], relative[^1], IsShared: !isBelow);
        }

        var name = LastSegment(href);
        var extension = Path.GetExtension(name);
        var usual = key + extension;
        var seen = isBeside ? relative![^1] : null;
        if (usual != seen)
        {
            yield return new Candidate(folder, usual, IsShared: false);
        }

        // The Python client shortens this extension.
        if (extension == ".tiff" && key + ".tif" is var shortened && shortened != seen)
        {
            yield return new Candidate(folder, shortened, IsShared: false);
        }

        if (name.Length > 0 && name != usual && name != seen)
        {
            yield return new Candidate(folder, name, IsShared: false);
        }

        if (folder.Length > 0)
        {
            yield return new Candidate(common, usual, IsShared: true);
        }
    }

    /// <summary>The segments of the path to which a relative href leads. Null if it is absolute, or leads out.</summary>
    internal static string[]? Relative(string[] folder, string href)
    {
        var end = href.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? href : href[..end];
        if (path.Length == 0 || path[0] is '/' or '\\' || (path.Contains(':', StringComparison.Ordinal) && path.IndexOf(':', StringComparison.Ordinal) < (uint)path.IndexOf('/', StringComparison.Ordinal)))
        {
            return null;
        }

        var segments = new List<string>(folder);
        foreach (var segment in path.Split('/').Select(Uri.UnescapeDataString).Where(segment => segment is not ("" or ".")))
        {
            if (segment != "..")
            {
                segments.Add(segment);
            }
            else if (segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else
            {
                return null;
            }
        }

        return [.. segments];
    }

    private static string LastSegment(string href)
    {
        var end = href.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? href : href[..end];
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(name) : name;
    }

    /// <summary>Where an asset may be.</summary>
    private readonly record struct Candidate(string[] Folder, string Name, bool IsShared)
    {
        internal string InTarball => Folder.Length == 0 ? Name : $"{string.Join('/', Folder)}/{Name}";
    }
}
