namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>Makes the catalogue of a dataset from its collections and the pages of their items, for hubs that have no catalogues.</summary>
internal static class HubPages
{
    private const int PageSize = 100;

    /// <summary>Writes a line for each collection and each item, as the hub sends them.</summary>
    /// <param name="client">The client.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="path">The file. It is replaced at the end, so that it is always complete.</param>
    /// <param name="cancellationToken">Ends the reading, and leaves the file as it was.</param>
    /// <exception cref="MlHubException">A page could not be fetched.</exception>
    internal static async Task<CatalogueFile> FetchAsync(MlHubClient client, Dataset dataset, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = $"{path}.{Guid.NewGuid():N}.mlhub-part";
        try
        {
            var lines = new StreamWriter(unfinished);
            await using (lines.ConfigureAwait(false))
            {
                foreach (var collection in dataset.Collections)
                {
                    await WriteAsync(client, collection.Id, lines, cancellationToken).ConfigureAwait(false);
                }
            }

            File.Move(unfinished, path, overwrite: true);
            return new CatalogueFile(path, IsTarball: false);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static async Task WriteAsync(MlHubClient client, string collectionId, StreamWriter lines, CancellationToken cancellationToken)
    {
        try
        {
            var collection = await client.Collections.GetAsync(collectionId, cancellationToken).ConfigureAwait(false);
            await lines.WriteLineAsync(LineOf(client, collection.ToJson())).ConfigureAwait(false);
        }
        catch (EntityDoesNotExistException)
        {
            // Its items may be there. If not, the next request fails, because the dataset would not be complete.
        }

        await foreach (var item in client.Collections.ListItemsAsync(collectionId, new ItemQuery { PageSize = PageSize }, cancellationToken).ConfigureAwait(false))
        {
            await lines.WriteLineAsync(LineOf(client, item.ToJson())).ConfigureAwait(false);
        }
    }

    // Hubs have echoed the key in links. In JSON, an end of a line stands only between tokens.
    private static string LineOf(MlHubClient client, string json) => client.Redact(json.Replace('\n', ' ').Replace('\r', ' '));
}
