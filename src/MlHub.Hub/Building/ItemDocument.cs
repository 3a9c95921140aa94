using System.Text.Json;
using MlHub.Hub.Reading;
using MlHub.Hub.Templates;

namespace MlHub.Hub.Building;

/// <summary>Makes a STAC Item of the files that templates have put together.</summary>
internal static class ItemDocument
{
    private const string FileExtension = "https://stac-extensions.github.io/file/v2.1.0/schema.json";

    /// <param name="files">The files. Their addresses in the item begin at the place of the dataset.</param>
    /// <param name="place">Where the item is. Null if nothing says it.</param>
    internal static byte[] Of(IReadOnlyList<MatchedFile> files, BoxTable.Place? place) => Json.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "Feature");
        json.WriteString("stac_version", "1.0.0");
        json.WriteStartArray("stac_extensions");
        json.WriteStringValue(FileExtension);
        json.WriteEndArray();
        json.WriteString("id", files[0].Match.Item);
        json.WriteString("collection", files[0].Collection);
        WritePlace(json, place);
        WriteProperties(json, files);
        json.WriteStartArray("links");
        json.WriteEndArray();
        json.WriteStartObject("assets");
        foreach (var file in files)
        {
            WriteAsset(json, file);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static void WritePlace(Utf8JsonWriter json, BoxTable.Place? place)
    {
        if (place is null)
        {
            json.WriteNull("geometry");
            return;
        }

        json.WritePropertyName("geometry");
        if (place.Geometry is { } geometry)
        {
            json.WriteRawValue(geometry);
        }
        else
        {
            WriteGeometry(json, place.Box);
        }

        json.WriteStartArray("bbox");
        foreach (var edge in (double[])[place.Box.West, place.Box.South, place.Box.East, place.Box.North])
        {
            json.WriteNumberValue(edge);
        }

        json.WriteEndArray();
    }

    // A box across the antimeridian is two polygons (RFC 7946 §3.1.9).
    private static void WriteGeometry(Utf8JsonWriter json, Box box)
    {
        var isOne = box.West <= box.East;
        json.WriteStartObject();
        json.WriteString("type", isOne ? "Polygon" : "MultiPolygon");
        json.WriteStartArray("coordinates");
        if (isOne)
        {
            WriteRing(json, box);
        }
        else
        {
            foreach (var part in (Box[])[box with { East = 180 }, box with { West = -180 }])
            {
                json.WriteStartArray();
                WriteRing(json, part);
                json.WriteEndArray();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRing(Utf8JsonWriter json, Box box)
    {
        json.WriteStartArray();
        foreach (var (x, y) in ((double, double)[])[(box.West, box.South), (box.East, box.South), (box.East, box.North), (box.West, box.North), (box.West, box.South)])
        {
            json.WriteStartArray();
            json.WriteNumberValue(x);
            json.WriteNumberValue(y);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteProperties(Utf8JsonWriter json, IReadOnlyList<MatchedFile> files)
    {
        json.WriteStartObject("properties");
        if (TemplateTime.Of(files[0].Match.Values, out _) is { } time)
        {
            if (time.IsMoment)
            {
                json.WriteString("datetime", time.Start);
            }
            else
            {
                json.WriteNull("datetime");
                json.WriteString("start_datetime", time.Start);
                json.WriteString("end_datetime", time.End);
            }
        }
        else
        {
            json.WriteNull("datetime");
        }

        // What all files of the item have in common: a tile, a split, a number.
        json.WriteStartObject("mlhub:values");
        foreach (var (name, value) in files[0].Match.Values.Where(value => files.All(file => file.Match.Values.GetValueOrDefault(value.Key) == value.Value)))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAsset(Utf8JsonWriter json, MatchedFile file)
    {
        json.WriteStartObject(file.Match.Asset);
        json.WriteString("href", string.Join('/', file.Key.Split('/').Select(Uri.EscapeDataString)));
        json.WriteString("type", MediaTypes.Of(file.Key));
        if (file.Size >= 0)
        {
            json.WriteNumber("file:size", file.Size);
        }

        json.WriteEndObject();
    }
}
