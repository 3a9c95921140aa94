namespace MlHub.Sdk.Assets.Record;

/// <summary>The last run over a database.</summary>
/// <param name="Dataset">The id of the dataset.</param>
/// <param name="Catalogue">The digest of the catalogue and the layout of the files.</param>
/// <param name="Selection">The filter, as JSON.</param>
internal sealed record RunInfo(string Dataset, string Catalogue, string Selection);
