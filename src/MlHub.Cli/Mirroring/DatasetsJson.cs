using System.Text.Encodings.Web;
using System.Text.Json;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The file <c>datasets.json</c> of a mirror: the datasets as the API sends them, in the order of their ids.</summary>
internal static class DatasetsJson
{
    private const string Name = "datasets.json";

    private static readonly JsonWriterOptions Format = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Adds a dataset, or replaces it.</summary>
    /// <exception cref="MlHubException">The file is not JSON.</exception>
    public static void Add(string directory, JsonElement dataset)
    {
        var path = Path.Combine(directory, Name);
        var datasets = Read(path);
        datasets[dataset.GetProperty("id").GetString()!] = dataset;
        var temporary = path + ".mlhub-part";
        using (var file = File.Create(temporary))
        using (var json = new Utf8JsonWriter(file, Format))
        {
            json.WriteStartArray();
            foreach (var entry in datasets.Values)
            {
                entry.WriteTo(json);
            }

            json.WriteEndArray();
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static SortedDictionary<string, JsonElement> Read(string path)
    {
        var datasets = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        if (!File.Exists(path))
        {
            return datasets;
        }

        try
        {
            foreach (var dataset in JsonElement.Parse(File.ReadAllBytes(path)).EnumerateArray())
            {
                datasets[dataset.GetProperty("id").GetString()!] = dataset;
            }

            return datasets;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentNullException)
        {
            throw new MlHubException($"'{path}' is not an array of datasets. Correct or remove it, and run the command again.", error);
        }
    }
}
