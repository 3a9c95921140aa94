namespace MlHub.Hub.Definitions;

/// <summary>A dataset of a definition.</summary>
internal sealed record DatasetSettings
{
    internal required string Id { get; init; }

    internal string? Title { get; init; }

    internal string? Description { get; init; }

    internal string? Doi { get; init; }

    internal string? Citation { get; init; }

    internal string? License { get; init; }

    internal required IReadOnlyList<string> Tags { get; init; }

    internal required PlaceSettings Place { get; init; }

    /// <summary>Which files are STAC: patterns of their paths.</summary>
    internal required IReadOnlyList<PathPattern> Stac { get; init; }

    internal required IReadOnlyList<CollectionSettings> Collections { get; init; }

    /// <summary>The text of the dataset in the definition. If it differs, the dataset is indexed again.</summary>
    internal required string Source { get; init; }

    internal static DatasetSettings Read(DefinitionObject json, string? directory)
    {
        var collections = json.List("collections").Select(collection => CollectionSettings.Read(new DefinitionObject(collection.Value, collection.At), directory)).ToArray();
        var hasTemplates = collections.Any(collection => collection.Items.Count > 0);
        var dataset = new DatasetSettings
        {
            Id = json.Id(),
            Title = json.Text("title"),
            Description = json.Text("description"),
            Doi = json.Text("doi"),
            Citation = json.Text("citation"),
            License = json.Text("license"),
            Tags = json.Texts("tags"),
            Place = PlaceSettings.Read(json.Object("place") ?? throw new FormatException($"{json.Place("place")} is missing: it says where the files of the dataset are."), directory),
            Stac = [.. (json.Has("stac") || hasTemplates ? json.Texts("stac") : ["**.json"]).Select(pattern => new PathPattern(pattern))],
            Collections = collections,
            Source = json.ToString(),
        };
        json.Text("tested");
        json.RequireNothingElse();
        return dataset;
    }
}
