using System.Globalization;
using System.Text;
using System.Text.Json;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Building;

/// <summary>The boxes of items: a CSV file with the columns west, south, east and north, or GeoJSON with a feature for each.</summary>
internal sealed class BoxTable
{
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);

    private BoxTable()
    {
    }

    /// <summary>Where something is.</summary>
    /// <param name="Box">Its box.</param>
    /// <param name="Geometry">Its geometry, as JSON. Null for the box.</param>
    internal sealed record Place(Box Box, string? Geometry);

    internal Place? Find(string value) => _places.GetValueOrDefault(value);

    /// <summary>Reads a table.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="field">The column or the property with the values that are looked up.</param>
    /// <exception cref="FormatException">The file is neither such CSV nor such GeoJSON.</exception>
    internal static BoxTable Read(byte[] bytes, string field)
    {
        var table = new BoxTable();
        var clean = JsonBytes.Clean(bytes);
        if (clean.Span.TrimStart((ReadOnlySpan<byte>)" \t\r\n"u8) is [(byte)'{', ..])
        {
            table.ReadGeoJson(clean, field);
        }
        else
        {
            table.ReadCsv(Encoding.UTF8.GetString(clean.Span), field);
        }

        return table;
    }

    private void ReadGeoJson(ReadOnlyMemory<byte> json, string field)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var feature in document.RootElement.List("features"))
            {
                var value = feature.Field("properties")?.Field(field) ?? (field == "id" ? feature.Field("id") : null);
                var name = value switch
                {
                    { ValueKind: JsonValueKind.String } text => JsonFields.TextOf(text),
                    { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
                    _ => null,
                };
                if (name is not null && feature.Field("geometry") is { } geometry && Box.Around(geometry) is { } box)
                {
                    RequireDegrees(box, $"the feature '{name}'");
                    _places.TryAdd(name, new Place(box, geometry.GetRawText()));
                }
            }
        }
        catch (JsonException error)
        {
            throw new FormatException($"line {error.LineNumber + 1} is not JSON", error);
        }

        if (_places.Count == 0)
        {
            throw new FormatException($"no feature has both a geometry and the property '{field}'");
        }
    }

    private void ReadCsv(string text, string field)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var heading = lines is [var first, ..] ? Cells(first) : [];
        var columns = new[] { field, "west", "south", "east", "north" }.Select(name => (Name: name, Index: heading.IndexOf(name))).ToArray();
        if (columns.FirstOrDefault(column => column.Index < 0) is { Name: { } missing })
        {
            throw new FormatException($"it has no column '{missing}' in its first line");
        }

        for (var line = 1; line < lines.Length; line++)
        {
            var cells = Cells(lines[line]);
            var edges = columns[1..].Select(column => column.Index < cells.Count && double.TryParse(cells[column.Index], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : double.NaN).ToArray();
            if (cells.Count <= columns[0].Index || edges.Any(double.IsNaN))
            {
                throw new FormatException($"line {line + 1} has no box: four numbers are needed");
            }

            var box = new Box(edges[0], edges[1], edges[2], edges[3]);
            RequireDegrees(box, $"line {line + 1}");
            _places.TryAdd(cells[columns[0].Index], new Place(box, null));
        }
    }

    // Metres of a projection are a common mistake.
    private static void RequireDegrees(Box box, string where)
    {
        if (Math.Abs(box.West) > 180 || Math.Abs(box.East) > 180 || Math.Abs(box.South) > 90 || Math.Abs(box.North) > 90 || box.South > box.North)
        {
            throw new FormatException($"{where} has no box in degrees: west and east are -180 to 180, and south and north are -90 to 90, with south first");
        }
    }

    // RFC 4180, without line breaks in cells.
    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && isQuoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append(line[i++]);
            }
            else if (line[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (line[i] == ',' && !isQuoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        cells.Add(cell.ToString().Trim());
        return cells;
    }
}
