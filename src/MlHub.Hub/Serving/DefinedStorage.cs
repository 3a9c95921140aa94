using MlHub.Hub.Index;
using MlHub.Hub.Places;
using MlHub.Hub.Reading;
using MlHub.Server;

namespace MlHub.Hub.Serving;

/// <summary>
/// The files of a hub definition. The index has a file as <c>{dataset}/{key}</c>. Answers lead to the place of a dataset, so no data passes the hub; only the files of a directory of this
/// machine are served by the hub itself. The links to files of a signed place contain a token that nobody can guess, and lead to a signed address.
/// </summary>
/// <param name="index">The index.</param>
/// <param name="places">The place of each dataset.</param>
/// <param name="signatureLifetime">How long signed addresses can be used.</param>
internal sealed class DefinedStorage(IHubIndex index, IReadOnlyDictionary<string, ServedPlace> places, TimeSpan signatureLifetime) : IHubStorage
{
    /// <summary>The first segment of the path of a file of a signed place. The token is the second one.</summary>
    private const string SignedRoot = "signed";

    public HubFile? FindArchive(IndexedFile archive) => Serve(archive, maySign: true);

    // A slash in a segment was written as %2F. It would move the end of the dataset.
    public HubFile? FindFile(string[] path) => Array.Exists(path, segment => segment.Length == 0 || segment.Contains('/', StringComparison.Ordinal)) ? null : path switch
    {
        [LocalAssets.Root, _, _, ..] => Find(path[1..], maySign: false),
        [SignedRoot, var token, var dataset, _, ..] when SignerOf(dataset)?.IsTokenOf(string.Join('/', path[2..]), token) == true => Find(path[2..], maySign: true),
        _ => null,
    };

    public bool IsPrivate(string dataset) => SignerOf(dataset) is not null;

    public string? AddressOf(DocumentPlace place, string key, string href, KnownFolders known)
    {
        var (dataset, document) = Split(place.Path);
        if (!places.TryGetValue(dataset, out var found))
        {
            return null;
        }

        if (KeyOf(place, document, href) is { } target)
        {
            // Everybody may read collections and models. They have no links to private files.
            return found.Remote?.Signer is not null && place.IsPublic ? LocalAssets.Href([dataset, .. target.Split('/')]) : AddressOf(dataset, found, target);
        }

        // A relative address that leads out of the place still leads somewhere on its server.
        return found.Remote?.AddressOf(document) is { } address && !IsAbsolute(href) && Uri.TryCreate(address, href, out var elsewhere) ? elsewhere.AbsoluteUri : null;
    }

    public LocalAsset? FindAsset(DocumentPlace place, string key, string href, KnownFolders known)
    {
        var (dataset, document) = Split(place.Path);
        if (AddressOf(place, key, href, known) is not { } address)
        {
            return null;
        }

        var target = KeyOf(place, document, href);
        var length = target is null ? 0 : Math.Max(0, index.FindFile($"{dataset}/{target}")?.Size ?? 0);
        return new LocalAsset(address, length, IsShared: target is not null && place.Source != Source.Template && !target.StartsWith(document[..(document.LastIndexOf('/') + 1)], StringComparison.Ordinal));
    }

    private PlaceSigner? SignerOf(string dataset) => places.GetValueOrDefault(dataset)?.Remote?.Signer;

    private HubFile? Find(string[] path, bool maySign) => index.FindFile(string.Join('/', path)) is { Kind: FileKind.Other or FileKind.Archive } file ? Serve(file, maySign) : null;

    private HubFile? Serve(IndexedFile file, bool maySign)
    {
        var (dataset, key) = Split(file.Path);
        if (!places.TryGetValue(dataset, out var place) || (place.Remote?.Signer is not null && !maySign))
        {
            return null;
        }

        if (place.Remote is { } remote)
        {
            return remote.AddressOf(key) is { } address
                ? HubFile.At(remote.Open(address, signatureLifetime), Math.Max(0, file.Size), MediaTypes.Of(key), new DateTimeOffset(file.Modified, TimeSpan.Zero)) with { IsPrivate = remote.Signer is not null }
                : null;
        }

        return new SafePath(place.Directory!).Find(key.Split('/')) is { } found ? HubFile.FromDisk(found.FullName, MediaTypes.Of(key)) : null;
    }

    private static string? AddressOf(string dataset, ServedPlace place, string key) =>
        place.Remote is not { } remote ? LocalAssets.Href([dataset, .. key.Split('/')])
        : remote.Signer is not { } signer ? remote.AddressOf(key)?.AbsoluteUri
        : remote.AddressOf(key) is null ? null
        : LocalAssets.Escape([SignedRoot, signer.TokenOf($"{dataset}/{key}"), dataset, .. key.Split('/')]);

    // Addresses in items that a template made begin at the place, and those of STAC files at their folder.
    private static string? KeyOf(DocumentPlace place, string document, string href) => place.Source == Source.Template
        ? Uri.UnescapeDataString(href)
        : LocalAssets.Relative(document.Split('/')[..^1], href) is { } path ? string.Join('/', path) : null;

    // A relative path has no colon in its first segment (RFC 3986 §4.2). On Linux, Uri takes "/data" for a file.
    private static bool IsAbsolute(string href) => href.AsSpan().IndexOfAny(':', '/') is > 0 and var end && href[end] == ':';

    private static (string Dataset, string Key) Split(string path) => path.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? (path[..slash], path[(slash + 1)..]) : (path, "");
}
