using System.Text.Json;

namespace MlHub.Sdk.Assets.Parquet;

/// <summary>
/// A column or a group of columns. It takes JSON values apart into the values of its columns, with definition levels (how far the path to a value exists) and repetition levels (which list a
/// value continues), as Parquet stores nested data.
/// </summary>
internal sealed class Column
{
    private readonly int _defined;
    private readonly int _repeated;

    /// <param name="name">The name in its group.</param>
    /// <param name="shape">The type.</param>
    /// <param name="parents">The names of the groups around it.</param>
    /// <param name="defined">How many of these groups may be absent, or repeat.</param>
    /// <param name="repeated">How many of them repeat.</param>
    internal Column(string name, ColumnShape shape, IReadOnlyList<string> parents, int defined, int repeated)
    {
        Name = name;
        Kind = shape.Kind;
        IReadOnlyList<string> path = [.. parents, name];
        _defined = defined + 1;
        _repeated = repeated;
        Children = Kind switch
        {
            ColumnKind.Struct => [.. shape.Fields.Select(field => new Column(field.Key, field.Value, path, _defined, repeated))],
            ColumnKind.List => [new Column("element", shape.Element!, [.. path, "list"], _defined + 1, repeated + 1)],
            _ => [],
        };
        Values = Children.Count > 0 ? null : new ColumnValues(Kind, path, _defined, repeated);
    }

    internal string Name { get; }

    internal ColumnKind Kind { get; }

    /// <summary>The fields of a struct, or the element of a list.</summary>
    internal IReadOnlyList<Column> Children { get; }

    /// <summary>The values, if it is a column and not a group.</summary>
    internal ColumnValues? Values { get; }

    internal IEnumerable<ColumnValues> Leaves => Values is not null ? [Values] : Children.SelectMany(child => child.Leaves);

    /// <summary>Adds the value of a row.</summary>
    internal void Add(JsonElement? row) => Add(row, repetition: 0, _defined - 1);

    private void Add(JsonElement? value, int repetition, int definition)
    {
        if (value is not { } json || json.ValueKind == JsonValueKind.Null)
        {
            AddAbsent(repetition, definition);
        }
        else if (Values is not null)
        {
            Values.Add(json, repetition, definition);
        }
        else if (Kind == ColumnKind.Struct)
        {
            foreach (var child in Children)
            {
                child.Add(json.Field(child.Name), repetition, _defined);
            }
        }
        else if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() == 0)
        {
            AddAbsent(repetition, _defined);
        }
        else
        {
            foreach (var element in json.EnumerateArray())
            {
                Children[0].Add(element, repetition, _defined + 1);
                repetition = _repeated + 1;
            }
        }
    }

    private void AddAbsent(int repetition, int definition)
    {
        foreach (var leaf in Leaves)
        {
            leaf.AddAbsent(repetition, definition);
        }
    }
}
