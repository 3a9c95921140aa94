namespace MlHub.Hub.Definitions;

/// <summary>A kind of place.</summary>
internal enum PlaceKind
{
    /// <summary>A bucket of S3, or of a server with the same protocol.</summary>
    S3,

    /// <summary>A container of Azure Blob storage.</summary>
    AzureBlob,

    /// <summary>A directory of a web server that lists it.</summary>
    Http,

    /// <summary>A directory of this machine.</summary>
    Directory,
}
