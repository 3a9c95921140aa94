namespace MlHub.Hub.Definitions;

/// <summary>What a definition says.</summary>
internal sealed record HubSettings(string Id, string? Title, string? Tested, IReadOnlyList<DatasetSettings> Datasets)
{
    internal static HubSettings Read(DefinitionObject json, string? directory)
    {
        var datasets = json.List("datasets").Select(dataset => DatasetSettings.Read(new DefinitionObject(dataset.Value, dataset.At), directory)).ToArray();
        var settings = new HubSettings(json.Id(), json.Text("title"), json.Text("tested"), datasets);
        json.Text("description");
        json.RequireNothingElse();
        if (datasets.Length == 0)
        {
            throw new FormatException("datasets is missing: it lists the datasets of the hub.");
        }

        RequireUnique("dataset", datasets.Select(dataset => dataset.Id));
        RequireUnique("collection", datasets.SelectMany(dataset => dataset.Collections).Select(collection => collection.Id));
        return settings;
    }

    private static void RequireUnique(string what, IEnumerable<string> ids)
    {
        if (ids.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice)
        {
            throw new FormatException($"the {what} '{twice}' is there twice.");
        }
    }
}
