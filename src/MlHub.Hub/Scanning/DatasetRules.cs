using System.Text.Json;
using MlHub.Hub.Index;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Scanning;

/// <summary>
/// Finds the datasets: those in <c>datasets.json</c> and, for collections that it does not name, those that the folders, or else the names of the collections, tell.
/// </summary>
internal sealed class DatasetRules
{
    // The collections of a dataset are often called like it, with one of these.
    private static readonly string[] Endings = ["_source_imagery", "_source", "_labels", "_label"];

    private readonly IndexWriter _writer;
    private readonly IReadOnlyList<JsonElement> _stated;
    private readonly HashSet<string> _statedCollections;

    private DatasetRules(IndexWriter writer, IReadOnlyList<JsonElement> stated)
    {
        _writer = writer;
        _stated = stated;
        _statedCollections = stated.SelectMany(CollectionsOf).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Stores the datasets, and which collections belong to them.</summary>
    /// <param name="writer">The index, with all other rows.</param>
    /// <param name="root">The full path of the directory.</param>
    internal static void Apply(IndexWriter writer, string root) => Apply(writer, Stated(writer, root));

    /// <summary>Stores the datasets, and which collections belong to them.</summary>
    /// <param name="writer">The index, with all other rows.</param>
    /// <param name="stated">The datasets that somebody has described.</param>
    internal static void Apply(IndexWriter writer, IReadOnlyList<JsonElement> stated)
    {
        var rules = new DatasetRules(writer, stated);
        writer.Count();
        rules.LeaveOutArchives();
        writer.Count();
        rules.StoreDatasets();
    }

    private static IReadOnlyList<JsonElement> Stated(IndexWriter writer, string root)
    {
        if (writer.Query($"SELECT id FROM file WHERE kind = {(int)FileKind.Datasets}", row => row.GetInt64(0)).ToArray() is not [var file])
        {
            return [];
        }

        try
        {
            return DatasetsFile.Read(FileBytes.Of(Path.Combine(root, DatasetsFile.Name)));
        }
        catch (JsonException error)
        {
            writer.Describe(file, FileKind.Datasets, FileNames.NotJson(error), null, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            writer.Describe(file, FileKind.Datasets, "it cannot be read", null, null);
        }

        return [];
    }

    private static IEnumerable<string> CollectionsOf(JsonElement dataset) => dataset.List("collections").Select(collection => collection.Text("id")).OfType<string>();

    private void LeaveOutArchives()
    {
        var archives = _writer.Query(
            $"""
            SELECT file.id, path, subject, collection.items > 0 OR collection.file IS NOT NULL FROM file JOIN collection ON collection.name = subject
            WHERE kind = {(int)FileKind.Archive} ORDER BY subject, path
            """,
            row => (Id: row.GetInt64(0), Path: row.GetString(1), Subject: row.GetString(2), IsKnown: row.GetInt64(3) != 0)).ToArray();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var archive in archives)
        {
            var whyNot = !archive.IsKnown && !_statedCollections.Contains(archive.Subject) ? $"there is no STAC in it, and {DatasetsFile.Name} names no collection '{archive.Subject}'"
                : !taken.Add(archive.Subject) ? $"another file is the archive of the collection '{archive.Subject}' already"
                : null;
            if (whyNot is not null)
            {
                _writer.Describe(archive.Id, FileKind.LeftOut, whyNot, null, null);
            }
        }
    }

    private void StoreDatasets()
    {
        var rows = _writer.Query(
            "SELECT id, name, dataset, json, label, items, labels, file IS NULL FROM collection ORDER BY name",
            row => new Row(
                row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.IsDBNull(3) ? null : (byte[])row.GetValue(3), row.GetInt64(4) != 0, row.GetInt64(5),
                row.GetInt64(6), row.GetInt64(7) != 0)).ToArray();
        var byName = rows.ToDictionary(row => row.Name, StringComparer.Ordinal);
        var datasetOf = DatasetsByName(rows);
        foreach (var dataset in _stated.Reverse())
        {
            foreach (var name in CollectionsOf(dataset).Where(byName.ContainsKey))
            {
                datasetOf[name] = dataset.Text("id")!;
            }
        }

        var present = datasetOf.Values.ToHashSet(StringComparer.Ordinal);
        var position = 0;
        foreach (var dataset in _stated.Where(dataset => present.Contains(dataset.Text("id")!)))
        {
            _writer.AddDataset(dataset.Text("id")!, position++, Json.Bytes(dataset.WriteTo));
        }

        foreach (var dataset in rows.GroupBy(row => datasetOf[row.Name], StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            _writer.AddDataset(dataset.Key, position++, Derived(dataset.Key, [.. dataset]));
            foreach (var row in dataset)
            {
                _writer.SetCollection(row.Id, dataset.Key, row.HasNoDocument ? Body.Compress(MadeUpCollection(row)) : null);
            }
        }
    }

    // crops_labels belongs to crops, and therefore crops_s2 too.
    private static Dictionary<string, string> DatasetsByName(Row[] rows)
    {
        var stems = rows.Select(row => WithoutEnding(row.Name)).OfType<string>().OrderByDescending(stem => stem.Length).ToArray();
        return rows.ToDictionary(
            row => row.Name,
            row => row.Dataset ?? WithoutEnding(row.Name) ?? Array.Find(stems, stem => row.Name.StartsWith($"{stem}_", StringComparison.Ordinal)) ?? row.Name,
            StringComparer.Ordinal);
    }

    private static string? WithoutEnding(string collection) => Array.Find(Endings, ending => collection.EndsWith(ending, StringComparison.Ordinal) && collection.Length > ending.Length) is { } found
        ? collection[..^found.Length]
        : null;

    private byte[] Derived(string id, Row[] rows)
    {
        var collections = rows.Select(row => (Row: row, Json: row.Json is null ? default(JsonElement?) : JsonElement.Parse(Body.Expand(row.Json)))).ToArray();
        var catalog = _writer.Query("SELECT json FROM catalog WHERE dataset = $0 ORDER BY source, length(entry) LIMIT 1", row => (byte[])row.GetValue(0), id)
            .Select(json => (JsonElement?)JsonElement.Parse(Body.Expand(json))).FirstOrDefault();
        return Json.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("title", catalog?.Text("title") ?? (collections is [{ Json: { } only }] ? only.Text("title") : null) ?? id);
            json.WriteString("description", catalog?.Text("description") ?? First("description") ?? "");
            json.WriteStartArray("collections");
            foreach (var (row, document) in collections)
            {
                json.WriteStartObject();
                json.WriteString("id", row.Name);
                json.WriteStartArray("types");
                foreach (var type in row.Types)
                {
                    json.WriteStringValue(type);
                }

                json.WriteEndArray();
                json.WriteString("license", document?.Text("license") ?? "other");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("registry", "");
            json.WriteString("doi", First("sci:doi"));
            json.WriteString("citation", First("sci:citation"));
            json.WriteStartArray("tags");
            foreach (var tag in collections.SelectMany(collection => collection.Json?.List("keywords") ?? []).Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!).Distinct(StringComparer.Ordinal))
            {
                json.WriteStringValue(tag);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });

        string? First(string field) => collections.Select(collection => collection.Json?.Text(field)).FirstOrDefault(text => text is not null);
    }

    // A collection whose items are there, and whose document is not.
    private byte[] MadeUpCollection(Row row) => CollectionDocument.Of(_writer, row.Name, new CollectionTexts($"The collection {row.Name}. Its own description is lost."));

    private sealed record Row(long Id, string Name, string? Dataset, byte[]? Json, bool IsLabel, long Items, long Labels, bool HasNoDocument)
    {
        internal string[] Types => Items > Labels && Labels > 0 ? ["source_imagery", "labels"]
            : Labels > 0 || IsLabel || Name.EndsWith("_labels", StringComparison.Ordinal) ? ["labels"]
            : ["source_imagery"];
    }
}
