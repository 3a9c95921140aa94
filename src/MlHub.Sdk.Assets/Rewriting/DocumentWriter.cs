using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using MlHub.Sdk.Assets.Catalogue;
using MlHub.Sdk.Assets.Record;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets.Rewriting;

/// <summary>Writes a STAC Catalog, Collection or Item with relative links, and with the addresses of stored files.</summary>
internal sealed class DocumentWriter(AssetDatabase database, string root, string stacDirectory, string assetDirectory)
{
    private const string AlternateAssets = "https://stac-extensions.github.io/alternate-assets/v1.2.0/schema.json";
    private const string AlternateAssetsOfAnyVersion = "https://stac-extensions.github.io/alternate-assets/";
    private const string Original = "original";
    private const string Json = "application/json";
    private const string GeoJson = "application/geo+json";

    // They are made anew, or lead to a hub.
    private static readonly HashSet<string> Structural = new(["self", "root", "parent", "collection", "child", "item", "items", "data", "next", "prev", "previous"], StringComparer.Ordinal);

    private readonly string _stacDirectory = Path.GetFullPath(stacDirectory);
    private readonly string _assetDirectory = Path.GetFullPath(assetDirectory);

    /// <summary>Writes a root catalog for a dataset that has none.</summary>
    internal void WriteRoot(Utf8JsonWriter json, Dataset dataset)
    {
        json.WriteStartObject();
        json.WriteString("type", "Catalog");
        json.WriteString("stac_version", "1.0.0");
        json.WriteString("id", dataset.Id);
        if (dataset.Title is { } title)
        {
            json.WriteString("title", title);
        }

        json.WriteString("description", dataset.Description ?? dataset.Title ?? dataset.Id);
        json.WriteStartArray("links");
        WriteLink(json, "root", $"./{root}", Json);
        WriteChildren(json, root);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes a document.</summary>
    /// <param name="json">Gets the text.</param>
    /// <param name="document">The document as the hub sent it.</param>
    /// <param name="place">Its place in the tree.</param>
    /// <param name="rows">Its assets.</param>
    internal void Write(Utf8JsonWriter json, CatalogueDocument document, TreePlace place, IReadOnlyList<AssetRow> rows)
    {
        var assets = rows.ToDictionary(row => row.Key, StringComparer.Ordinal);
        var stored = rows.Where(IsStored).Select(row => row.Key).ToHashSet(StringComparer.Ordinal);
        json.WriteStartObject();
        foreach (var field in document.Json.EnumerateObject())
        {
            switch (JsonFields.NameOf(field))
            {
                case "links" or "stac_extensions":
                    break;
                case "assets":
                    WriteAssets(json, field.Value, place, assets, stored);
                    break;
                default:
                    WriteField(json, field);
                    break;
            }
        }

        WriteExtensions(json, document.Json, stored.Count > 0);
        WriteLinks(json, document, place);
        json.WriteEndObject();
    }

    // A file that the user has removed is not there.
    private bool IsStored(AssetRow row) => row.IsStored && FileStatus.At(FullPath(row), followsLinks: true) is { IsRegular: true } there && there.Size == row.Bytes;

    private string FullPath(AssetRow row) => Path.Combine(_assetDirectory, row.Path.Replace('/', Path.DirectorySeparatorChar));

    // Old catalogues have a list of assets. The keys are then those of Asset.ReadAll.
    private void WriteAssets(Utf8JsonWriter json, JsonElement assets, TreePlace place, Dictionary<string, AssetRow> rows, HashSet<string> stored)
    {
        json.WriteStartObject("assets");
        var all = assets.ValueKind switch
        {
            JsonValueKind.Object => assets.EnumerateObject().Select(field => (Key: JsonFields.NameOf(field), field.Value)),
            JsonValueKind.Array => assets.EnumerateArray().Select((element, index) => (Key: index.ToString(System.Globalization.CultureInfo.InvariantCulture), Value: element)),
            _ => [],
        };

        // Of two assets with one key, the last one counts.
        foreach (var (key, asset) in all.Where(asset => asset.Value.ValueKind == JsonValueKind.Object).GroupBy(asset => asset.Key, StringComparer.Ordinal).Select(group => group.Last()))
        {
            json.WritePropertyName(key);
            WriteAsset(json, asset, place, rows.GetValueOrDefault(key), stored.Contains(key));
        }

        json.WriteEndObject();
    }

    private void WriteAsset(Utf8JsonWriter json, JsonElement asset, TreePlace place, AssetRow? row, bool isStored)
    {
        json.WriteStartObject();
        if (isStored)
        {
            json.WriteString("href", LocalHref(place, row!));
        }
        else if ((row?.Url ?? asset.Text("href")) is { } href)
        {
            json.WriteString("href", href);
        }

        foreach (var field in asset.EnumerateObject().Where(field => !(JsonFields.NameOf(field) is "href" or "alternate")))
        {
            WriteField(json, field);
        }

        WriteAlternates(json, asset.Field("alternate"), isStored ? row!.Url : null);
        json.WriteEndObject();
    }

    private static void WriteAlternates(Utf8JsonWriter json, JsonElement? alternates, string? original)
    {
        if (original is null)
        {
            if (alternates is { } unchanged)
            {
                json.WritePropertyName("alternate");
                WriteValue(json, unchanged);
            }

            return;
        }

        var others = alternates is { ValueKind: JsonValueKind.Object } known ? known.EnumerateObject().ToArray() : [];
        var name = Original;
        for (var number = 2; others.Any(other => JsonFields.NameOf(other) == name); number++)
        {
            name = $"{Original}_{number}";
        }

        json.WriteStartObject("alternate");
        json.WriteStartObject(name);
        json.WriteString("href", original);
        json.WriteEndObject();
        foreach (var other in others)
        {
            WriteField(json, other);
        }

        json.WriteEndObject();
    }

    private static void WriteExtensions(Utf8JsonWriter json, JsonElement document, bool hasAlternates)
    {
        var extensions = document.Texts("stac_extensions");
        if (document.Field("stac_extensions") is null && !hasAlternates)
        {
            return;
        }

        json.WriteStartArray("stac_extensions");
        foreach (var extension in extensions)
        {
            json.WriteStringValue(extension);
        }

        if (hasAlternates && !extensions.Any(extension => extension.StartsWith(AlternateAssetsOfAnyVersion, StringComparison.Ordinal)))
        {
            json.WriteStringValue(AlternateAssets);
        }

        json.WriteEndArray();
    }

    private void WriteLinks(Utf8JsonWriter json, CatalogueDocument document, TreePlace place)
    {
        var links = document.Json.Field("links") switch
        {
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Where(link => link.ValueKind == JsonValueKind.Object).ToArray(),
            _ => [],
        };
        json.WriteStartArray("links");
        WriteLink(json, "root", TreePaths.Relative(place.Path, root), Json);
        if (place.Parent is not null)
        {
            WriteLink(json, "parent", TreePaths.Relative(place.Path, place.Parent), Json);
        }

        if (document.Json.Text("collection") is { } collection && database.FindCollection(collection) is { } path)
        {
            WriteLink(json, "collection", TreePaths.Relative(place.Path, path), Json);
        }

        WriteChildren(json, place.Path);
        if (document.SelfLink is { } self && !links.Any(link => link.Text("rel") == "derived_from" && link.Text("href") == self.AbsoluteUri))
        {
            WriteLink(json, "derived_from", self.AbsoluteUri, document.IsCatalog || document.IsCollection ? Json : GeoJson);
        }

        foreach (var link in links.Where(link => !Structural.Contains(link.Text("rel") ?? "")))
        {
            WriteOther(json, link, document, place);
        }

        json.WriteEndArray();
    }

    private void WriteChildren(Utf8JsonWriter json, string path)
    {
        foreach (var (child, isItem) in database.Children(path))
        {
            WriteLink(json, isItem ? "item" : "child", TreePaths.Relative(path, child), isItem ? GeoJson : Json);
        }
    }

    // A relative link to a file that is not in the tree leads to the hub.
    private void WriteOther(Utf8JsonWriter json, JsonElement link, CatalogueDocument document, TreePlace place)
    {
        var href = link.Text("href");
        var isInTree = href is not null && TreePaths.Resolve(place.Path, href) is { } path && database.FindDocument(path) is not null;
        var absolute = !isInTree && href is not null && document.SelfLink is { } self && Uri.TryCreate(self, href, out var url) ? url.AbsoluteUri : href;
        json.WriteStartObject();
        foreach (var field in link.EnumerateObject())
        {
            if (JsonFields.NameOf(field) == "href" && absolute is not null)
            {
                json.WriteString("href", absolute);
            }
            else
            {
                WriteField(json, field);
            }
        }

        json.WriteEndObject();
    }

    // Tools open relative addresses as paths, so nothing is escaped.
    private string LocalHref(TreePlace place, AssetRow row)
    {
        var folder = Path.GetDirectoryName(Path.Combine(_stacDirectory, place.Path.Replace('/', Path.DirectorySeparatorChar)))!;
        var relative = Path.GetRelativePath(folder, FullPath(row)).Replace('\\', '/');
        return relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? relative : $"./{relative}";
    }

    private static void WriteField(Utf8JsonWriter json, JsonProperty field)
    {
        json.WritePropertyName(JsonFields.NameOf(field));
        WriteValue(json, field.Value);
    }

    // The bytes that the hub sent: .NET refuses to write text with half of a surrogate pair, and other programs do not.
    private static void WriteValue(Utf8JsonWriter json, JsonElement value)
    {
        var bytes = JsonMarshal.GetRawUtf8Value(value);
        if (Utf8.IsValid(bytes))
        {
            json.WriteRawValue(bytes, skipInputValidation: true);
        }
        else
        {
            json.WriteRawValue(value.ToText(), skipInputValidation: true);
        }
    }

    private static void WriteLink(Utf8JsonWriter json, string relation, string href, string type)
    {
        json.WriteStartObject();
        json.WriteString("rel", relation);
        json.WriteString("href", href);
        json.WriteString("type", type);
        json.WriteEndObject();
    }
}
