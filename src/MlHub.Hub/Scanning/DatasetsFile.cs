using System.Text.Json;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Scanning;

/// <summary>The optional file <c>datasets.json</c>: the datasets as the API sends them, with what STAC does not say.</summary>
internal static class DatasetsFile
{
    internal const string Name = "datasets.json";

    /// <summary>The datasets in the file: an array, an object with an array <c>datasets</c>, or one dataset. Those without an id are left out.</summary>
    /// <exception cref="JsonException">The file is not JSON.</exception>
    internal static IReadOnlyList<JsonElement> Read(ReadOnlyMemory<byte> file)
    {
        var json = JsonElement.Parse(JsonBytes.Clean(file).Span);
        IEnumerable<JsonElement> datasets = json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : json.Field("datasets") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [json];
        return [.. datasets.Where(dataset => dataset.Text("id") is { Length: > 0 })];
    }
}
