using System.Text.Json;

namespace MlHub.Server;

/// <summary>A query for datasets. It matches datasets that meet all conditions. An empty condition matches all datasets.</summary>
public sealed record HubDatasetQuery
{
    private static readonly string[] Searched = ["id", "title", "description", "citation", "doi"];

    /// <summary>Only datasets that have all these tags, ignoring case.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Only datasets that contain all these words or phrases in their id, title, description, citation, DOI or tags, ignoring case.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Whether a dataset meets all conditions. Use it in a hub that keeps its datasets in memory.</summary>
    /// <param name="dataset">The JSON of the dataset.</param>
    public bool Matches(JsonElement dataset)
    {
        List<string> own = [.. OwnTags(dataset)];
        List<string> words = [.. Searched.Select(name => Text(dataset, name)), .. own];
        return Tags.All(tag => own.Contains(tag, StringComparer.OrdinalIgnoreCase))
            && Texts.All(text => words.Exists(word => word.Contains(text, StringComparison.OrdinalIgnoreCase)));
    }

    private static IEnumerable<string> OwnTags(JsonElement dataset) =>
        dataset.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array ? tags.EnumerateArray().Select(tag => tag.GetString() ?? "") : [];

    private static string Text(JsonElement dataset, string name) =>
        dataset.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
