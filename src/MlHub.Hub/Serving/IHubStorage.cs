using MlHub.Hub.Index;
using MlHub.Server;

namespace MlHub.Hub.Serving;

/// <summary>Where the files of a hub are: in its directory, or in buckets.</summary>
internal interface IHubStorage
{
    /// <summary>The file of an archive. Null if it is not there any more.</summary>
    HubFile? FindArchive(IndexedFile archive);

    /// <summary>A file by its address in the storage of the server. Null if there is none.</summary>
    HubFile? FindFile(string[] path);

    /// <summary>Whether only those may have the files of a dataset who have a key, or a link to a file.</summary>
    bool IsPrivate(string dataset);

    /// <summary>The asset of a document. Null if the hub does not know its file.</summary>
    LocalAsset? FindAsset(DocumentPlace place, string key, string href, KnownFolders known);

    /// <summary>The address that the API sends for an asset. Null if that of the document is right.</summary>
    string? AddressOf(DocumentPlace place, string key, string href, KnownFolders known);
}
