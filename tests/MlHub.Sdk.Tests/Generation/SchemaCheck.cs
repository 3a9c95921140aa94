using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>Holds a value against a schema, in as much of JSON Schema as the description uses.</summary>
internal sealed class SchemaCheck(Description description)
{
    public IEnumerable<string> Errors(string name, JsonNode schema, JsonNode? value) => Errors(description.Resolve(schema), value, name, isWhole: true);

    private IEnumerable<string> Errors(JsonNode schema, JsonNode? value, string place, bool isWhole)
    {
        if (value is null)
        {
            // A schema without a type of its own leaves it to the ones that it is made of.
            return (bool?)schema["nullable"] == true || schema["type"] is null ? [] : [$"{place} is null"];
        }

        return
        [
            .. (schema["allOf"]?.AsArray() ?? []).SelectMany(part => Errors(description.Resolve(part!), value, place, isWhole: false)),
            .. isWhole ? KindErrors(schema, value, place) : [],
            .. TypeErrors(schema, value, place),
        ];
    }

    /// <summary>What the discriminator says of the value; asked of the whole only, because each kind includes the schema that discriminates.</summary>
    private IEnumerable<string> KindErrors(JsonNode schema, JsonNode value, string place)
    {
        if (schema["discriminator"] is not { } discriminator)
        {
            return [];
        }

        var kind = (string?)value[(string)discriminator["propertyName"]!] ?? "";
        return discriminator["mapping"]![kind] is { } reference
            ? Errors(description.Resolve(new JsonObject { ["$ref"] = reference.DeepClone() }), value, place, isWhole: false)
            : [$"{place} is of no known kind: {kind}"];
    }

    private IEnumerable<string> TypeErrors(JsonNode schema, JsonNode value, string place) => ((string?)schema["type"], value) switch
    {
        (null, _) => [],
        ("object", JsonObject fields) => ObjectErrors(schema, fields, place),
        ("array", JsonArray elements) => ArrayErrors(schema, elements, place),
        ("string", JsonValue text) when text.GetValueKind() == JsonValueKind.String => TextErrors(schema, (string)text!, place),
        ("number", JsonValue number) when number.GetValueKind() == JsonValueKind.Number => BoundErrors(schema, number, place),
        ("integer", JsonValue number) when number.TryGetValue<long>(out _) => BoundErrors(schema, number, place),
        ("boolean", JsonValue flag) when flag.TryGetValue<bool>(out _) => [],
        var (type, _) => [$"{place} is not of type {type}: {value.ToJsonString()}"],
    };

    private IEnumerable<string> ObjectErrors(JsonNode schema, JsonObject fields, string place)
    {
        var missing = (schema["required"]?.AsArray() ?? []).Select(name => (string)name!).Where(name => !fields.ContainsKey(name));
        return missing.Select(name => $"{place}.{name} is missing").Concat(fields.SelectMany(field =>
        {
            var described = schema["properties"]?[field.Key] ?? (schema["additionalProperties"] as JsonObject);
            return described is null ? [] : Errors($"{place}.{field.Key}", described, field.Value);
        }));
    }

    private IEnumerable<string> ArrayErrors(JsonNode schema, JsonArray elements, string place)
    {
        if (elements.Count < ((int?)schema["minItems"] ?? 0) || elements.Count > ((int?)schema["maxItems"] ?? int.MaxValue))
        {
            return [$"{place} has {elements.Count} elements"];
        }

        return elements.SelectMany((element, index) => Errors($"{place}[{index}]", schema["items"]!, element));
    }

    private static IEnumerable<string> TextErrors(JsonNode schema, string text, string place)
    {
        var isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _) && text.Contains('T', StringComparison.Ordinal);
        return (string?)schema["format"] == "date-time" && !isTime ? [$"{place} is no time: {text}"] : [];
    }

    private static IEnumerable<string> BoundErrors(JsonNode schema, JsonValue number, string place)
    {
        var value = (decimal)number;
        return value < ((decimal?)schema["minimum"] ?? value) || value > ((decimal?)schema["maximum"] ?? value) ? [$"{place} is out of bounds: {value}"] : [];
    }
}
