using MlHub.Sdk;

namespace MlHub.Samples.UnitTest;

/// <summary>The code to test: it finds the open datasets of a topic.</summary>
public sealed class Catalogue(MlHubClient hub)
{
    /// <summary>The titles of all datasets with a tag, in alphabetical order. A dataset without a title has its id.</summary>
    public async Task<IReadOnlyList<string>> TitlesAsync(string tag, CancellationToken cancellationToken = default) =>
        await hub.Datasets.ListAsync(new DatasetQuery { Tags = [tag] }, cancellationToken)
            .Select(dataset => dataset.Title ?? dataset.Id)
            .Order(StringComparer.Ordinal)
            .ToListAsync(cancellationToken);
}
