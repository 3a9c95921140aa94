using MlHub.Hub.Index;
using MlHub.Server;

namespace MlHub.Hub.Serving;

/// <summary>The files of a directory.</summary>
internal sealed class DirectoryStorage : IHubStorage
{
    private readonly DirectoryFiles _files;
    private readonly LocalAssets _assets;

    /// <param name="root">The full path of the directory.</param>
    /// <param name="index">The index.</param>
    internal DirectoryStorage(string root, IHubIndex index)
    {
        _files = new DirectoryFiles(root, index);
        _assets = new LocalAssets(_files, index.Files(FileKind.Archive).ToDictionary(archive => archive.Subject!, archive => archive.Path, StringComparer.Ordinal));
    }

    public HubFile? FindArchive(IndexedFile archive) => _files.Tarball(archive);

    public HubFile? FindFile(string[] path) => path is [LocalAssets.Root, .. var inDirectory] ? _files.Find(inDirectory) : null;

    public bool IsPrivate(string dataset) => false;

    public LocalAsset? FindAsset(DocumentPlace place, string key, string href, KnownFolders known) => _assets.Find(place, key, href, known);

    public string? AddressOf(DocumentPlace place, string key, string href, KnownFolders known) => _assets.AddressOf(place, key, href, known);
}
