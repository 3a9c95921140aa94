using System.Text.Json;

namespace MlHub.Sdk.Assets.Parquet;

/// <summary>
/// The type of a column, found from the JSON of all rows. Objects become structs and arrays lists. Where rows have different types, and where an object has very many different fields, the
/// column has the text of the JSON.
/// </summary>
internal sealed class ColumnShape
{
    // An object with more fields is a map whose keys are data.
    private const int MostFields = 300;
    private const int MaxDepth = 8;

    internal ColumnKind Kind { get; private set; }

    /// <summary>The fields of a struct, in the order in which they first occurred.</summary>
    internal OrderedDictionary<string, ColumnShape> Fields { get; } = new(StringComparer.Ordinal);

    /// <summary>The elements of a list.</summary>
    internal ColumnShape? Element { get; private set; }

    /// <summary>How many columns it takes.</summary>
    internal int Columns => Kind switch
    {
        ColumnKind.Struct => Fields.Values.Sum(shape => shape.Columns),
        ColumnKind.List => Element!.Columns,
        _ => 1,
    };

    internal static ColumnShape Of(ColumnKind kind) => new() { Kind = kind };

    internal static ColumnShape ListOf(ColumnShape element) => new() { Kind = ColumnKind.List, Element = element };

    internal static ColumnShape StructOf(ColumnKind kind, params ReadOnlySpan<string> names)
    {
        var shape = Of(ColumnKind.Struct);
        foreach (var name in names)
        {
            shape.Fields[name] = Of(kind);
        }

        return shape;
    }

    /// <summary>Makes room for a value.</summary>
    internal void Include(JsonElement value, int depth = 0)
    {
        if (Kind is ColumnKind.Json or ColumnKind.Geometry || value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        var kind = (Kind, KindOf(value)) switch
        {
            (ColumnKind.Unknown, var first) => first,
            (ColumnKind.Integer, ColumnKind.Number) or (ColumnKind.Number, ColumnKind.Integer) => ColumnKind.Number,
            (ColumnKind.Time, ColumnKind.Text) => StacTime.TryParse(JsonFields.AsText(value), out _) ? ColumnKind.Time : ColumnKind.Text,
            var (before, now) => before == now ? now : ColumnKind.Json,
        };
        if (kind is ColumnKind.List or ColumnKind.Struct && depth == MaxDepth)
        {
            kind = ColumnKind.Json;
        }

        Kind = kind;
        if (kind == ColumnKind.List)
        {
            Element ??= new ColumnShape();
            foreach (var element in value.EnumerateArray())
            {
                Element.Include(element, depth + 1);
            }
        }
        else if (kind == ColumnKind.Struct)
        {
            IncludeFields(value, depth);
        }
    }

    /// <summary>Settles what no row has said. Parquet has no empty structs.</summary>
    internal void Finish()
    {
        Kind = Kind switch
        {
            ColumnKind.Unknown => ColumnKind.Text,
            ColumnKind.Struct when Fields.Count == 0 => ColumnKind.Json,
            var kind => kind,
        };
        Element?.Finish();
        foreach (var field in Fields.Values)
        {
            field.Finish();
        }
    }

    private void IncludeFields(JsonElement value, int depth)
    {
        foreach (var field in value.EnumerateObject())
        {
            var name = JsonFields.NameOf(field);
            if (!Fields.TryGetValue(name, out var shape))
            {
                if (Fields.Count == MostFields)
                {
                    Kind = ColumnKind.Json;
                    return;
                }

                Fields[name] = shape = new ColumnShape();
            }

            shape.Include(field.Value, depth + 1);
        }
    }

    private static ColumnKind KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => ColumnKind.Boolean,
        JsonValueKind.Number => value.TryGetInt64(out _) ? ColumnKind.Integer : ColumnKind.Number,
        JsonValueKind.String => ColumnKind.Text,
        JsonValueKind.Array => ColumnKind.List,
        _ => ColumnKind.Struct,
    };
}
