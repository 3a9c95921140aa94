using System.Text.Json;

namespace MlHub.Server;

/// <summary>Which datasets a list holds: those with all the tags and all the texts, whatever their case.</summary>
internal sealed class DatasetFilter(IReadOnlyList<string> tags, IReadOnlyList<string> texts)
{
    private static readonly string[] Searched = ["id", "title", "description", "citation", "doi"];

    public bool Matches(JsonElement dataset)
    {
        List<string> own = [.. Tags(dataset)];
        List<string> words = [.. Searched.Select(name => Text(dataset, name)), .. own];
        return tags.All(tag => own.Contains(tag, StringComparer.OrdinalIgnoreCase))
            && texts.All(text => words.Exists(word => word.Contains(text, StringComparison.OrdinalIgnoreCase)));
    }

    private static IEnumerable<string> Tags(JsonElement dataset) =>
        dataset.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array ? tags.EnumerateArray().Select(tag => tag.GetString() ?? "") : [];

    private static string Text(JsonElement dataset, string name) =>
        dataset.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
