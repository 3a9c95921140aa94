using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MlHub.Sdk.Assets.Catalogue;
using MlHub.Sdk.Assets.Record;

namespace MlHub.Sdk.Assets.Parquet;

/// <summary>
/// Writes the items of a selection as stac-geoparquet (https://github.com/radiantearth/stac-geoparquet-spec): a row for each item, with its properties as columns, its selected assets, its
/// geometry as WKB and its box. The catalogue is read twice: for the columns, and for the rows.
/// </summary>
internal sealed class StacGeoParquet(AssetDatabase database, CatalogueFile catalogue, string datasetId)
{
    private const int MostColumns = 4000;
    private const int LargestCollection = 1024 * 1024;

    // The times among the common metadata of STAC.
    private static readonly string[] Times = ["datetime", "start_datetime", "end_datetime", "created", "updated", "published", "expires", "unpublished"];

    private static readonly string[] OwnFields = ["type", "stac_version", "stac_extensions", "id", "geometry", "bbox", "links", "assets", "collection", "properties"];

    private readonly SortedDictionary<string, string> _collections = new(StringComparer.Ordinal);
    private readonly HashSet<string> _selected = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _geometryTypes = new(StringComparer.Ordinal);
    private Bbox? _around;

    /// <summary>Writes the file.</summary>
    /// <returns>The number of items.</returns>
    internal async Task<long> WriteAsync(Stream file, CancellationToken cancellationToken)
    {
        var shape = await ShapeAsync(cancellationToken).ConfigureAwait(false);
        var writer = new ParquetWriter(file, shape);
        var count = 0L;
        await foreach (var row in RowsAsync(static _ => { }, cancellationToken).ConfigureAwait(false))
        {
            await writer.AddAsync(row, cancellationToken).ConfigureAwait(false);
            count++;
        }

        await writer.FinishAsync([("geo", Geo()), ("stac-geoparquet", Stac())], cancellationToken).ConfigureAwait(false);
        return count;
    }

    private async Task<ColumnShape> ShapeAsync(CancellationToken cancellationToken)
    {
        var shape = ColumnShape.Of(ColumnKind.Struct);
        shape.Fields["id"] = ColumnShape.Of(ColumnKind.Text);
        shape.Fields["collection"] = ColumnShape.Of(ColumnKind.Text);
        shape.Fields["stac_version"] = ColumnShape.Of(ColumnKind.Text);
        shape.Fields["stac_extensions"] = ColumnShape.ListOf(ColumnShape.Of(ColumnKind.Text));
        shape.Fields["geometry"] = ColumnShape.Of(ColumnKind.Geometry);
        shape.Fields["bbox"] = ColumnShape.StructOf(ColumnKind.Number, "xmin", "ymin", "xmax", "ymax");
        shape.Fields["links"] = ColumnShape.ListOf(ColumnShape.StructOf(ColumnKind.Text, "href", "rel", "type", "title"));
        shape.Fields["assets"] = ColumnShape.Of(ColumnKind.Struct);
        foreach (var time in Times[..3])
        {
            shape.Fields[time] = ColumnShape.Of(ColumnKind.Time);
        }

        await foreach (var row in RowsAsync(CollectCollection, cancellationToken).ConfigureAwait(false))
        {
            Describe(row);
            foreach (var field in row.EnumerateObject())
            {
                var name = JsonFields.NameOf(field);
                if (!shape.Fields.TryGetValue(name, out var column))
                {
                    shape.Fields[name] = column = Times.Contains(name, StringComparer.Ordinal) ? ColumnShape.Of(ColumnKind.Time) : new ColumnShape();
                }

                column.Include(field.Value);
            }

            if (shape.Fields.Count > MostColumns)
            {
                throw new MlHubException($"The selected items have more than {MostColumns} different properties, which is too many for the columns of a Parquet file. Select fewer collections, or use another format.");
            }
        }

        shape.Finish();
        return shape.Columns <= MostColumns ? shape
            : throw new MlHubException($"The selected items need {shape.Columns} columns in a Parquet file, and at most {MostColumns} are possible. Select fewer collections, or use another format.");
    }

    // What the metadata says about all rows.
    private void Describe(JsonElement row)
    {
        if (row.Text("collection") is { } collection)
        {
            _selected.Add(collection);
        }

        if (GeoJsonGeometry.Read(row.Field("geometry")) is { } geometry)
        {
            _geometryTypes.Add(geometry.GeometryType);
        }

        if (row.Object("bbox") is { } box && box.Number("xmin") is { } west && box.Number("ymin") is { } south && box.Number("xmax") is { } east && box.Number("ymax") is { } north)
        {
            (west, east) = west <= east ? (west, east) : (-180, 180);
            _around = _around is null ? new Bbox(west, south, east, north)
                : new Bbox(Math.Min(_around.West, west), Math.Min(_around.South, south), Math.Max(_around.East, east), Math.Max(_around.North, north));
        }
    }

    private void CollectCollection(CatalogueDocument document)
    {
        if (EntityId.Of(document.Json) is { } id && document.Bytes.Length <= LargestCollection)
        {
            _collections[id] = JsonFields.Write(json =>
            {
                foreach (var field in document.Json.EnumerateObject().Where(field => JsonFields.NameOf(field) != "links"))
                {
                    json.WritePropertyName(JsonFields.NameOf(field));
                    json.WriteRawValue(field.Value.ToText(), skipInputValidation: true);
                }

                WriteLinks(json, document);
            });
        }
    }

    private async IAsyncEnumerable<JsonElement> RowsAsync(Action<CatalogueDocument> collection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var rows = database.SelectedRows().GetEnumerator();
        var hasRow = rows.MoveNext();
        var number = -1L;
        await foreach (var document in catalogue.ReadAsync(datasetId, static _ => { }, cancellationToken).ConfigureAwait(false))
        {
            number++;
            if (document.IsCollection)
            {
                collection(document);
            }

            var own = new List<AssetRow>();
            for (; hasRow && rows.Current.Document <= number; hasRow = rows.MoveNext())
            {
                own.Add(rows.Current);
            }

            if (own.Count > 0 && !document.IsCollection && document.ReadItem() is { } item)
            {
                yield return RowOf(item, document, own);
            }
        }
    }

    private static JsonElement RowOf(Item item, CatalogueDocument document, List<AssetRow> assets)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("id", item.Id);
            json.WriteString("collection", item.CollectionId);
            json.WriteString("stac_version", item.StacVersion);
            json.WriteStartArray("stac_extensions");
            foreach (var extension in item.StacExtensions)
            {
                json.WriteStringValue(extension);
            }

            json.WriteEndArray();
            WriteRaw(json, "geometry", document.Json.Field("geometry"));
            WriteBox(json, ItemFields.Of(item, document.Json).Place);
            WriteLinks(json, document);
            WriteAssets(json, document.Json, assets);
            WriteProperties(json, document.Json);
            json.WriteEndObject();
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }

    private static void WriteBox(Utf8JsonWriter json, Bbox? box)
    {
        if (box is null)
        {
            json.WriteNull("bbox");
            return;
        }

        json.WriteStartObject("bbox");
        json.WriteNumber("xmin", box.West);
        json.WriteNumber("ymin", box.South);
        json.WriteNumber("xmax", box.East);
        json.WriteNumber("ymax", box.North);
        json.WriteEndObject();
    }

    // A relative link is worth nothing outside of its catalogue, if it cannot be resolved.
    private static void WriteLinks(Utf8JsonWriter json, CatalogueDocument document)
    {
        var self = document.SelfLink;
        json.WriteStartArray("links");
        foreach (var link in Link.ReadAll(document.Json))
        {
            if (link.Href is not { } href || !(Uri.TryCreate(self, href, out var url) || Uri.TryCreate(href, UriKind.Absolute, out url)) || url.Scheme is not ("http" or "https") || link.Rel is "item" or "child" or null)
            {
                continue;
            }

            json.WriteStartObject();
            json.WriteString("href", url.AbsoluteUri);
            json.WriteString("rel", link.Rel);
            if (link.Type is not null)
            {
                json.WriteString("type", link.Type);
            }

            if (link.Title is not null)
            {
                json.WriteString("title", link.Title);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // file:local_path (STAC File Info extension) is where a download puts the file.
    private static void WriteAssets(Utf8JsonWriter json, JsonElement document, List<AssetRow> assets)
    {
        var all = document.Field("assets");
        json.WriteStartObject("assets");
        foreach (var row in assets)
        {
            json.WriteStartObject(row.Key);
            json.WriteString("href", row.Url);
            foreach (var field in (all is { ValueKind: JsonValueKind.Object } byKey ? byKey.Object(row.Key) : null)?.EnumerateObject() ?? default)
            {
                if (JsonFields.NameOf(field) is not ("href" or "file:local_path"))
                {
                    WriteRaw(json, JsonFields.NameOf(field), field.Value);
                }
            }

            json.WriteString("file:local_path", row.Path);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // A property with the name of a field of items keeps its place.
    private static void WriteProperties(Utf8JsonWriter json, JsonElement document)
    {
        foreach (var property in document.ObjectOrEmpty("properties").EnumerateObject())
        {
            var name = JsonFields.NameOf(property);
            if (!OwnFields.Contains(name, StringComparer.Ordinal))
            {
                WriteRaw(json, name, property.Value);
            }
            else if (JsonFields.AsText(property.Value) is not { } text || text != document.Text(name))
            {
                WriteRaw(json, $"properties.{name}", property.Value);
            }
        }
    }

    private static void WriteRaw(Utf8JsonWriter json, string name, JsonElement? value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value?.ToText() ?? "null", skipInputValidation: true);
    }

    private string Geo() => JsonFields.Write(json =>
    {
        json.WriteString("version", "1.1.0");
        json.WriteString("primary_column", "geometry");
        json.WriteStartObject("columns");
        json.WriteStartObject("geometry");
        json.WriteString("encoding", "WKB");
        json.WriteStartArray("geometry_types");
        foreach (var type in _geometryTypes)
        {
            json.WriteStringValue(type);
        }

        json.WriteEndArray();
        if (_around is not null)
        {
            json.WriteStartArray("bbox");
            foreach (var edge in (ReadOnlySpan<double>)[_around.West, _around.South, _around.East, _around.North])
            {
                json.WriteNumberValue(edge);
            }

            json.WriteEndArray();
        }

        json.WriteStartObject("covering");
        json.WriteStartObject("bbox");
        foreach (var edge in (ReadOnlySpan<string>)["xmin", "ymin", "xmax", "ymax"])
        {
            json.WriteStartArray(edge);
            json.WriteStringValue("bbox");
            json.WriteStringValue(edge);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private string Stac() => JsonFields.Write(json =>
    {
        json.WriteString("version", "1.1.0");
        json.WriteStartObject("collections");
        foreach (var (id, collection) in _collections.Where(pair => _selected.Contains(pair.Key)))
        {
            json.WritePropertyName(id);
            json.WriteRawValue(collection, skipInputValidation: true);
        }

        json.WriteEndObject();
    });
}
