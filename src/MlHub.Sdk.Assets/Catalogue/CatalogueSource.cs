using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>Where the catalogue of a dataset comes from: a file with items, the tarball of the hub or, if the hub has none, the pages of its items.</summary>
/// <param name="client">The client.</param>
/// <param name="dataset">The dataset.</param>
/// <param name="directory">The directory for the catalogue.</param>
internal sealed class CatalogueSource(MlHubClient client, Dataset dataset, string directory)
{
    /// <summary>Fetches the catalogue, if it is not there or has changed.</summary>
    /// <param name="itemsFile">A file with items, which is used instead. Null for the catalogue of the hub.</param>
    /// <param name="options">How to download.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellationToken">Cancels the download.</param>
    internal async Task<CatalogueFile> FetchAsync(string? itemsFile, DownloadOptions options, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        if (itemsFile is not null)
        {
            return new CatalogueFile(itemsFile, IsTarball: false);
        }

        try
        {
            return new CatalogueFile(await FetchTarballAsync(options, progress, cancellationToken).ConfigureAwait(false), IsTarball: true);
        }
        catch (EntityDoesNotExistException) when (dataset.Collections.Count > 0)
        {
            // Hubs of 2021, and small ones, have no catalogues.
            return await HubPages.FetchAsync(client, dataset, Path.Combine(directory, SafeFileName.Make(dataset.Id)) + ".items.jsonl", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string> FetchTarballAsync(DownloadOptions options, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.Catalogs.DownloadAsync(dataset.Id, directory, options, progress, cancellationToken).ConfigureAwait(false)).Path;
        }
        catch (DownloadException error) when (error.Reason == DownloadFailure.NameTaken)
        {
            // The hub has moved to another address. Its assets are compared with the new catalogue.
            return (await client.Catalogs.DownloadAsync(dataset.Id, directory, options with { IfExists = IfExists.Overwrite }, progress, cancellationToken).ConfigureAwait(false)).Path;
        }
    }
}
