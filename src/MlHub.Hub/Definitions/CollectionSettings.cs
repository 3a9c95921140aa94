using System.Text.Json;
using MlHub.Hub.Templates;

namespace MlHub.Hub.Definitions;

/// <summary>A collection of a definition.</summary>
internal sealed record CollectionSettings
{
    private static readonly string[] KnownTypes = ["source_imagery", "labels"];

    internal required string Id { get; init; }

    internal string? Title { get; init; }

    internal string? Description { get; init; }

    internal string? License { get; init; }

    internal required IReadOnlyList<string> Types { get; init; }

    /// <summary>The templates that make its items. Empty if STAC files do.</summary>
    internal required IReadOnlyList<ItemTemplate> Items { get; init; }

    internal BoxesSettings? Boxes { get; init; }

    /// <summary>The box of the collection, for its extent. Null if the items tell.</summary>
    internal IReadOnlyList<double>? Bbox { get; init; }

    /// <summary>The path of its archive. Null if it has none.</summary>
    internal string? Archive { get; init; }

    internal static CollectionSettings Read(DefinitionObject json, string? directory)
    {
        var id = json.Id();
        var collection = new CollectionSettings
        {
            Id = id,
            Title = json.Text("title"),
            Description = json.Text("description"),
            License = json.Text("license"),
            Types = json.Texts("types"),
            Items = [.. json.List("items").Select(item => Template(id, item.Value, item.At))],
            Boxes = json.Object("boxes") is { } boxes ? BoxesSettings.Read(boxes, directory) : null,
            Bbox = json.Has("bbox") ? Box(json) : null,
            Archive = json.Text("archive"),
        };
        json.RequireNothingElse();
        if (collection.Types.FirstOrDefault(type => !KnownTypes.Contains(type)) is { } unknown)
        {
            throw new FormatException($"{json.Place("types")} can have source_imagery and labels, not '{unknown}'.");
        }

        if (collection.Boxes is { } table && collection.Items.FirstOrDefault(item => !item.Names.Contains(table.Key)) is { } without)
        {
            throw new FormatException($"{json.Place("boxes")}.key is '{table.Key}', but the template '{without.Path}' has no {{{table.Key}}}.");
        }

        return collection;
    }

    private static ItemTemplate Template(string collection, JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return Template(collection, value.GetString()!, null, null, at);
        }

        var json = new DefinitionObject(value, at);
        var template = Template(collection, json.Required("path"), json.Text("id"), json.Text("asset"), at);
        json.RequireNothingElse();
        return template;
    }

    private static ItemTemplate Template(string collection, string path, string? item, string? asset, string at)
    {
        try
        {
            return new ItemTemplate(collection, path, item, asset);
        }
        catch (FormatException error)
        {
            throw new FormatException($"{at}: {error.Message}", error);
        }
    }

    private static double[] Box(DefinitionObject json)
    {
        var numbers = json.List("bbox").Select(edge => edge.Value.ValueKind == JsonValueKind.Number && edge.Value.TryGetDouble(out var number) ? number : double.NaN).ToArray();
        return numbers is [>= -180 and <= 180, >= -90 and <= 90, >= -180 and <= 180, >= -90 and <= 90] && numbers[1] <= numbers[3]
            ? numbers
            : throw new FormatException($"{json.Place("bbox")} must be [west, south, east, north] in degrees.");
    }
}
