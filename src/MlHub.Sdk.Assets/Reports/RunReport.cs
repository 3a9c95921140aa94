using System.Text.Json;
using MlHub.Sdk.Assets.Record;
using MlHub.Sdk.Assets.Selection;

namespace MlHub.Sdk.Assets.Reports;

/// <summary>The file <c>report.json</c>: what a run was asked for, its numbers, and what failed. <c>mlhub assets retry</c> takes it up.</summary>
internal static class RunReport
{
    private const int FlushSize = 256 * 1024;

    internal static string FileNameOf(string? shard) => shard is null ? "report.json" : $"report.{shard}.json";

    /// <summary>Writes the report. It gets its name when it is complete.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="outputDirectory">The directory of the catalogue.</param>
    /// <param name="options">What the run was asked for.</param>
    /// <param name="result">The numbers.</param>
    /// <param name="failed">What failed.</param>
    /// <param name="redact">Removes the key.</param>
    internal static void Write(
        string path, string datasetId, string outputDirectory, DatasetAssetsOptions options, DatasetAssetsResult result, IEnumerable<(AssetRow Row, string Error)> failed, Func<string, string> redact)
    {
        var unfinished = path + ".mlhub-part";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("dataset", datasetId);
            json.WriteString("output", outputDirectory);
            json.WriteString("assetOutput", options.AssetDirectory);
            json.WriteStartObject("filter");
            FilterJson.WriteFields(json, options.Filter);
            json.WriteEndObject();
            json.WriteString("layout", options.Layout);
            json.WriteBoolean("rewrite", options.Rewrite);
            json.WriteString("items", options.ItemsFile);
            json.WriteString("shard", options.Shard?.ToString());
            json.WriteString("lock", options.LockFile);
            json.WriteNumber("selected", result.Selected);
            json.WriteNumber("downloaded", result.Downloaded);
            json.WriteNumber("alreadyThere", result.AlreadyThere);
            json.WriteNumber("failed", result.Failed);
            json.WriteNumber("bytes", result.Bytes);
            json.WriteStartArray("failures");
            foreach (var (row, error) in failed)
            {
                json.WriteStartObject();
                json.WriteString("collection", row.CollectionId);
                json.WriteString("item", row.ItemId);
                json.WriteString("key", row.Key);
                json.WriteString("path", row.Path);
                json.WriteString("url", row.Url is null ? null : redact(row.Url));
                json.WriteString("error", error);
                json.WriteEndObject();
                if (json.BytesPending > FlushSize)
                {
                    json.Flush();
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Reads what the run was asked for, and the paths of what failed.</summary>
    /// <exception cref="FormatException">The file is not a report.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static (string DatasetId, string OutputDirectory, DatasetAssetsOptions Options, IReadOnlyList<string> Failed) Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var document = JsonDocument.Parse(file);
            var json = document.RootElement;
            if (json.Text("dataset") is not { } dataset || json.Text("output") is not { } output || json.Field("failures") is not { ValueKind: JsonValueKind.Array } failures)
            {
                throw new FormatException($"'{path}' is not a report of \"mlhub assets download\": it has no dataset, output or failures.");
            }

            var options = new DatasetAssetsOptions
            {
                AssetDirectory = json.Text("assetOutput"),
                Filter = FilterJson.Read(json.ObjectOrEmpty("filter")),
                Layout = json.Text("layout"),
                Rewrite = json.Field("rewrite") is { ValueKind: JsonValueKind.True },
                ItemsFile = json.Text("items"),
                Shard = json.Text("shard") is { } shard ? AssetShard.Parse(shard) : null,
                LockFile = json.Text("lock"),
            };
            return (dataset, output, options, [.. failures.EnumerateArray().Select(failure => failure.Text("path")).OfType<string>()]);
        }
        catch (JsonException error)
        {
            throw new FormatException($"'{path}' is not a report of \"mlhub assets download\", because it is not JSON.", error);
        }
    }
}
