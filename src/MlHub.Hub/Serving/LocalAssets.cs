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

    private const string Common = "_common";

    /// <summary>The file of an asset. Null if the hub does not have it.</summary>
    internal LocalAsset? Find(DocumentPlace place, string key, string href, KnownFolders known)
    {
        var folder = place.Folder;
        if (place.Source == Source.Archive)
        {
            return First(Candidates(folder, key, href), (path, isShared) => InTarball(place.Path, path, isShared));
        }

        return First(Candidates(folder, key, href), (path, isShared) => InDirectory(path, isShared, known))
            ?? (archives.TryGetValue(place.Collection, out var archive)
                ? First(Candidates(place.Item is null ? [place.Collection] : [place.Collection, place.Item], key, href), (path, isShared) => InTarball(archive, path, isShared))
                : null);
    }

    /// <summary>Where a relative href leads, although there is no file. Null if it leads nowhere in the directory.</summary>
    internal static string? Missing(DocumentPlace place, string href) =>
        Relative(place.Folder, href) is { } path ? Href(place.Source == Source.Archive ? [.. place.Path.Split('/'), .. path] : path) : null;

    private static LocalAsset? First(IEnumerable<(string[] Path, bool IsShared)> candidates, Func<string[], bool, LocalAsset?> find) =>
        candidates.Select(candidate => find(candidate.Path, candidate.IsShared)).FirstOrDefault(found => found is not null);

    private LocalAsset? InDirectory(string[] path, bool isShared, KnownFolders known) => files.LengthOf(path, known) is { } length ? new LocalAsset(Href(path), length, isShared) : null;

    private LocalAsset? InTarball(string tarball, string[] path, bool isShared) =>
        files.LengthOf(tarball, string.Join('/', path)) is { } length ? new LocalAsset(Href([.. tarball.Split('/'), .. path]), length, isShared) : null;

    internal static string Href(string[] path) => $"{Root}/{Escape(path)}";

    /// <summary>The path of a URL, with slashes.</summary>
    internal static string Escape(string[] path) => string.Join('/', path.Select(Uri.EscapeDataString));

    private static IEnumerable<(string[] Path, bool IsShared)> Candidates(string[] folder, string key, string href)
    {
        var relative = Relative(folder, href);
        if (relative is not null)
        {
            yield return (relative, !relative.AsSpan().StartsWith(folder));
        }

        var name = LastSegment(href);
        var extension = Path.GetExtension(name);

        // The Python client shortens this extension.
        string[] names = [key + extension, .. extension == ".tiff" ? [key + ".tif"] : Array.Empty<string>(), .. name.Length > 0 ? [name] : Array.Empty<string>()];
        var seen = relative?.Length == folder.Length + 1 && relative.AsSpan().StartsWith(folder) ? relative[^1] : null;
        foreach (var candidate in names.Distinct(StringComparer.Ordinal).Where(candidate => candidate != seen))
        {
            yield return ([.. folder, candidate], false);
        }

        if (folder.Length > 0)
        {
            yield return ([.. folder[..^1], Common, key + extension], true);
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
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }
}
