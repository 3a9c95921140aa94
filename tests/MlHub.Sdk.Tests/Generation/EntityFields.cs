using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using MlHub.Description;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>Whether each field of the description appears on the type of the SDK that stands for its schema.</summary>
internal static class EntityFields
{
    // Each schema, the type that stands for it, and a request whose answer holds one. This is where a new type is added.
    private static readonly Dictionary<string, Entity> Entities = new(StringComparer.Ordinal)
    {
        ["Dataset"] = Entity.In("datasets/any", client => client.Datasets.GetByIdAsync("any")),
        ["DatasetCollection"] = Entity.FirstIn("datasets/any", async client => (await client.Datasets.GetByIdAsync("any")).Collections, "collections"),
        ["CreatorContact"] = Entity.In("datasets/any", async client => (await client.Datasets.GetByIdAsync("any")).CreatorContact, "creator_contact"),
        ["Publication"] = Entity.FirstIn("datasets/any", async client => (await client.Datasets.GetByIdAsync("any")).Publications, "publications"),
        ["Collection"] = Entity.In("collections/any", client => client.Collections.GetAsync("any")),
        ["Extent"] = Entity.In("collections/any", async client => (await client.Collections.GetAsync("any")).Extent, "extent"),
        ["Provider"] = Entity.FirstIn("collections/any", async client => (await client.Collections.GetAsync("any")).Providers, "providers"),
        ["Link"] = Entity.FirstIn("collections/any", async client => (await client.Collections.GetAsync("any")).Links, "links"),
        ["Asset"] = Entity.In("collections/any", async client => (await client.Collections.GetAsync("any")).Assets.GetValueOrDefault("any"), "assets", "any"),
        ["Item"] = Entity.In("collections/any/items/any", client => client.Collections.GetItemAsync("any", "any")),
        ["ItemProperties"] = Entity.In("collections/any/items/any", client => client.Collections.GetItemAsync("any", "any"), "properties"),
        ["MlModel"] = Entity.In("models/any", client => client.Models.GetAsync("any")),
        ["MlModelProperties"] = Entity.In("models/any", client => client.Models.GetAsync("any"), "properties"),
        ["Band"] = Entity.FirstIn("collections/any/items/any", async client => (await client.Collections.GetItemAsync("any", "any")).Bands, "properties", "eo:bands"),
        ["SciPublication"] = Entity.FirstIn("models/any", async client => (await client.Models.GetAsync("any")).Publications, "properties", "sci:publications"),
        ["ArchiveInfo"] = Entity.In("archive/any/info", client => client.Archives.GetInfoAsync("any")),
        ["CatalogInfo"] = Entity.In("catalog/any/info", client => client.Catalogs.GetInfoAsync("any")),
    };

    // Schemas that no type of the SDK stands for: lists and pages, of which users see the elements; failures, which are exceptions; the parts of
    // Extent; geometries, which are NetTopologySuite's; and what only clients of STAC API use.
    private static readonly HashSet<string> WithoutType = new(StringComparer.Ordinal)
    {
        "CollectionList", "ItemPage", "PageContext", "Error", "SpatialExtent", "TemporalExtent",
        "Geometry", "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
        "LandingPage", "Conformance", "Queryables", "SearchBody", "SortBy", "Fields",
    };

    // Properties that have a name of their own. All others have the name of the field, without a prefix such as "sci:" and in Pascal case.
    private static readonly Dictionary<string, string> OwnNames = new(StringComparer.Ordinal)
    {
        ["Collection.anon:size"] = "AnonymizationDistance",
        ["Collection.anon:warning"] = "AnonymizationWarning",
        ["Dataset.registry"] = "RegistryUrl",
        ["Extent.spatial"] = "Bboxes",
        ["Extent.temporal"] = "Intervals",
        ["Item.collection"] = "CollectionId",
        ["MlModel.collection"] = "CollectionId",
        ["ItemProperties.datetime"] = "DateTime",
        ["ItemProperties.start_datetime"] = "StartDateTime",
        ["ItemProperties.end_datetime"] = "EndDateTime",
        ["MlModelProperties.datetime"] = "DateTime",
        ["MlModelProperties.start_datetime"] = "StartDateTime",
        ["MlModelProperties.end_datetime"] = "EndDateTime",
    };

    // Fields whose value is always the same.
    private static readonly HashSet<string> Constants = new(StringComparer.Ordinal)
    {
        "Collection.type", "Item.type", "MlModel.type", "MlModelProperties.ml-model:type",
    };

    /// <summary>What is to be done for every field of the description to appear: one text for each that does not.</summary>
    public static async Task<IReadOnlyList<string>> FindMissingAsync(ApiDescription description)
    {
        var missing = new List<string>();
        foreach (var (name, schema) in description.Schemas.Where(schema => !WithoutType.Contains(schema.Name)))
        {
            var fields = ApiDescription.PropertiesOf(schema).Where(field => !Constants.Contains($"{name}.{field.Name}")).ToList();
            if (Entities.TryGetValue(name, out var entity))
            {
                foreach (var (field, value) in fields)
                {
                    var described = description.Resolve(value);
                    var example = schema["example"]!.AsObject();
                    if (!await AppearsAsync(entity, name, field, example, example[field] ?? ValueOf(description, described)))
                    {
                        missing.Add(Advice(entity.Type, name, field, described));
                    }
                }
            }
            else if (fields.Count > 0)
            {
                missing.Add($"No type of the SDK stands for the schema {name}. Add one to src/MlHub.Sdk, and a line for it to EntityFields.cs.");
            }
        }

        return missing;
    }

    /// <summary>Whether there is a property for the field, and the field has an influence on it.</summary>
    private static async Task<bool> AppearsAsync(Entity entity, string schema, string field, JsonObject example, JsonNode value)
    {
        if (entity.Type.GetProperty(NameOf(schema, field)) is not { } property)
        {
            return false;
        }

        var with = example.DeepClone().AsObject();
        with[field] = value.DeepClone();
        var without = example.DeepClone().AsObject();
        without.Remove(field);
        return Show(property, await entity.ReadAsync(with)) != Show(property, await entity.ReadAsync(without));
    }

    /// <summary>Some value that fits a schema.</summary>
    private static JsonNode ValueOf(ApiDescription description, JsonNode described) => description.Resolve(described) switch
    {
        var schema when schema["example"] is { } example => example,
        var schema when schema["items"] is { } items => new JsonArray(ValueOf(description, items).DeepClone()),
        var schema when (string?)schema["format"] == "date-time" => "2019-07-21T08:03:21Z",
        var schema when (string?)schema["type"] is "number" or "integer" => 1,
        _ => "https://example.org/any",
    };

    private static string Advice(Type type, string schema, string field, JsonNode described)
    {
        var name = NameOf(schema, field);
        var (typeName, reader) = ((string?)described["type"], (string?)described["format"]) switch
        {
            ("string", "date-time") => ("DateTimeOffset?", $"Time(\"{field}\")"),
            ("string", _) => ("string?", $"Text(\"{field}\")"),
            ("integer", _) => ("long?", $"WholeNumber(\"{field}\")"),
            ("number", _) => ("double?", $"Number(\"{field}\")"),
            ("array", _) => ("IReadOnlyList<string>", $"Texts(\"{field}\")"),
            _ => ("JsonElement?", $"Field(\"{field}\")"),
        };
        var (file, text) = SourceOf(type);
        var isPartOfAnother = !schema.EndsWith("Properties", StringComparison.Ordinal) && !text.Contains(" _json;", StringComparison.Ordinal);
        return $"""
            The field {schema}.{field} of the description is not a property of {type.Name}. Add to {file}:
                /// <summary>{(string?)described["description"]}</summary>
                {(isPartOfAnother
                    ? $"public {typeName} {name} {{ get; init; }}\nand to what reads it there:\n    {name} = json.{reader},"
                    : $"public {typeName} {name} => {(schema.EndsWith("Properties", StringComparison.Ordinal) ? "Properties" : "_json")}.{reader};")}
            """;
    }

    /// <summary>The file of a type, seen from the top, and what is in it.</summary>
    private static (string File, string Text) SourceOf(Type type)
    {
        var path = Directory.EnumerateFiles(Repository.Place("src/MlHub.Sdk"), $"{type.Name}.cs", SearchOption.AllDirectories).Single();
        return (Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), File.ReadAllText(path));
    }

    private static string NameOf(string schema, string field) =>
        OwnNames.TryGetValue($"{schema}.{field}", out var own)
            ? own
            : string.Concat(field[(field.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('_', '-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static string Show(System.Reflection.PropertyInfo property, object? entity) => entity is null ? "" : Show(property.GetValue(entity));

    private static string Show(object? value) => value switch
    {
        null => "",
        string text => text,
        IEnumerable elements => string.Join("; ", elements.Cast<object?>().Select(Show)),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    /// <param name="Type">The type.</param>
    /// <param name="Path">The path of the request.</param>
    /// <param name="Get">Sends the request, and finds the entity in what comes.</param>
    /// <param name="Wrap">Makes an answer of the JSON of the entity.</param>
    private sealed record Entity(Type Type, string Path, Func<MlHubClient, Task<object?>> Get, Func<JsonNode, JsonNode> Wrap)
    {
        /// <summary>An entity that is the answer, or that stands somewhere in it: in fields of fields, or in a list (<c>[]</c>).</summary>
        public static Entity In<T>(string path, Func<MlHubClient, Task<T>> get, params string[] place) =>
            new(typeof(T), path, async client => await get(client), json =>
            {
                foreach (var step in place.Reverse())
                {
                    json = step == "[]" ? new JsonArray(json) : new JsonObject { [step] = json };
                }

                if (place.Length > 0)
                {
                    json["id"] = "any";
                }

                return json;
            });

        /// <summary>An entity that is the only one of a list.</summary>
        public static Entity FirstIn<T>(string path, Func<MlHubClient, Task<IReadOnlyList<T>>> get, params string[] place)
            where T : class => In(path, async client => await get(client) is [var first, ..] ? first : null, [.. place, "[]"]);

        /// <summary>The entity as the SDK reads it; null if it cannot be read.</summary>
        public async Task<object?> ReadAsync(JsonNode json)
        {
            using var client = new FakeHub().Answers(Path, Wrap(json).ToJsonString()).Client();
            try
            {
                return await Get(client);
            }
            catch (MlHubException)
            {
                return null;
            }
        }
    }
}
