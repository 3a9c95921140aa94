using System.Security.Cryptography;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>The catalogue of a dataset as a file on this machine: the tarball of the hub, or STAC items.</summary>
/// <param name="Path">The file.</param>
/// <param name="IsTarball">Whether it is a tarball. Otherwise it has JSON: an item collection, one item, or items one after the other.</param>
internal sealed record CatalogueFile(string Path, bool IsTarball)
{
    /// <summary>Reads all documents, in the order of the file, which is always the same. No document is kept.</summary>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="refuse">Gets the entries that are left out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="MlHubException">The file is damaged.</exception>
    internal IAsyncEnumerable<CatalogueDocument> ReadAsync(string datasetId, Action<RefusedEntry> refuse, CancellationToken cancellationToken) => IsTarball
        ? CatalogueReader.ReadAsync(Path, datasetId, refuse, cancellationToken)
        : ItemsReader.ReadAsync(Path, refuse, cancellationToken);

    /// <summary>A text that is another one if the file has other bytes.</summary>
    internal async Task<string> DigestAsync(CancellationToken cancellationToken)
    {
        var file = new FileStream(Path, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 0 });
        await using (file.ConfigureAwait(false))
        {
            return (IsTarball ? "" : "items ") + Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
        }
    }
}
