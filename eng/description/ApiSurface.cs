using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MlHub.Description;

/// <summary>All that clients depend on in a description, as a flat list.</summary>
internal sealed partial class ApiSurface
{
    // What a schema can say beside its type.
    private static readonly string[] Limits =
        ["nullable", "enum", "pattern", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength"];

    private readonly ApiDescription _description;
    private readonly List<ApiElement> _elements = [];

    private ApiSurface(ApiDescription description)
    {
        _description = description;
        AddAddressAndKey();
        foreach (var (name, operation) in description.Operations)
        {
            AddOperation(name, operation);
        }

        AddSchemas();
    }

    public static IReadOnlyList<ApiElement> Of(ApiDescription description) => new ApiSurface(description)._elements;

    private void AddAddressAndKey()
    {
        Add("servers", null, "servers", sent: true, received: false, ("url", Text(_description.Root["servers"]?[0]?["url"])));
        foreach (var (name, scheme) in ApiDescription.Fields(_description.Root["components"]?["securitySchemes"]))
        {
            Add($"securitySchemes {name}", null, $"securitySchemes.{name}", sent: true, received: false,
                ("type", Text(scheme["type"])), ("in", Text(scheme["in"])), ("name", Text(scheme["name"])));
        }
    }

    private void AddOperation(string name, JsonNode operation)
    {
        var id = PathParameter().Replace(name, "{}");
        var security = operation["security"] ?? _description.Root["security"];
        Add(id, null, name, sent: true, received: false,
            ("operationId", Text(operation["operationId"])), ("key", security is JsonArray { Count: > 0 } ? "needed" : "not needed"));

        var inPath = 0;
        foreach (var (parameterName, parameter) in _description.ParametersOf(name, operation))
        {
            var isInPath = Text(parameter["in"]) == "path";
            AddValue(
                $"{id} {(isInPath ? $"{{{inPath++}}}" : $"{Text(parameter["in"])} {Text(parameter["name"])}")}", id, parameterName, parameter["schema"],
                sent: true, received: false, IsTrue(parameter["required"]),
                ("style", Text(parameter["style"])), ("explode", Text(parameter["explode"])));
        }

        if (operation["requestBody"] is { } reference)
        {
            var body = _description.Resolve(reference);
            Add($"{id} body", id, $"{name} body", sent: true, received: false, (ApiElement.Required, IsTrue(body["required"]) ? "true" : "false"));
            AddContent($"{id} body", $"{name} body", body, sent: true);
        }

        foreach (var (responseName, response) in _description.ResponsesOf(name, operation))
        {
            var responseId = $"{id} {responseName[(name.Length + 1)..]}";
            Add(new ApiElement(responseId, id, responseName, IsSent: false, IsReceived: true, Success().IsMatch(responseName), new Dictionary<string, string>()));
            AddContent(responseId, responseName, response, sent: false);
            foreach (var (header, value) in ApiDescription.Fields(response["headers"]))
            {
                AddValue($"{responseId} header {header}", responseId, $"{responseName} {header}", _description.Resolve(value)["schema"], sent: false, received: true);
            }
        }
    }

    private void AddContent(string id, string name, JsonNode holder, bool sent)
    {
        foreach (var (mediaType, content) in ApiDescription.Fields(holder["content"]))
        {
            AddValue($"{id} {mediaType}", id, $"{name} {mediaType}", content["schema"], sent, received: !sent);
        }
    }

    private void AddSchemas()
    {
        var sent = Reachable(_description.Operations.SelectMany(operation => operation.Value["requestBody"] is { } body ? [body] : (JsonNode[])[])
            .Concat(_description.Parameters.Select(parameter => parameter.Value)));
        var received = Reachable(_description.Responses.Select(response => response.Value));
        foreach (var (name, schema) in _description.Schemas)
        {
            var isSent = sent.Contains(name);
            AddValue($"schema {name}", null, name, schema, isSent, received: received.Contains(name) || !isSent);
        }
    }

    /// <summary>Adds a value and, if it is an object whose fields are listed at this place, the fields.</summary>
    private void AddValue(
        string id, string? parent, string name, JsonNode? schema, bool sent, bool received, bool? required = null, params (string Name, string? Value)[] more)
    {
        Add(id, parent, name, sent, received,
            [(ApiElement.Type, TypeOf(schema)), (ApiElement.Required, required is { } needed ? needed ? "true" : "false" : null), ("kinds", Kinds(schema)), .. Limits.Select(limit => (limit, Text(schema?[limit]))), .. more]);
        if (schema is null || schema["$ref"] is not null)
        {
            return;
        }

        foreach (var part in (schema["allOf"]?.AsArray() ?? []).Append(schema).OfType<JsonNode>())
        {
            foreach (var (property, value) in ApiDescription.Fields(part["properties"]))
            {
                var isRequired = part["required"]?.AsArray().Any(entry => Text(entry) == property) ?? false;
                AddValue($"{id}.{property}", id, $"{name}.{property}", value, sent, received, isRequired);
            }
        }

        if (schema["items"] is { } items && items["properties"] is not null)
        {
            AddValue($"{id}[]", id, $"{name}[]", items, sent, received);
        }
    }

    private void Add(string id, string? parent, string name, bool sent, bool received, params (string Name, string? Value)[] facts) =>
        Add(new ApiElement(id, parent, name, sent, received, BreaksWhenRemoved: true, facts
            .Where(fact => fact.Value is not null)
            .ToDictionary(fact => fact.Name, fact => fact.Value!, StringComparer.Ordinal)));

    private void Add(ApiElement element) => _elements.Add(element);

    /// <summary>The names of the schemas that the nodes use, and of those that these use.</summary>
    private HashSet<string> Reachable(IEnumerable<JsonNode> nodes)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var rest = new Stack<JsonNode>(nodes);
        while (rest.TryPop(out var node))
        {
            foreach (var child in node switch
            {
                JsonObject fields => fields.Select(field => field.Value),
                JsonArray elements => elements,
                _ => (IEnumerable<JsonNode?>)[],
            })
            {
                if (child is JsonValue value && value.TryGetValue<string>(out var text) && SchemaReference().Match(text) is { Success: true } match)
                {
                    if (names.Add(match.Groups[1].Value))
                    {
                        rest.Push(_description.Resolve(new JsonObject { ["$ref"] = text }));
                    }
                }
                else if (child is not null)
                {
                    rest.Push(child);
                }
            }
        }

        return names;
    }

    private static string TypeOf(JsonNode? schema)
    {
        if (schema is null)
        {
            return "anything";
        }

        if (Text(schema["$ref"]) is { } reference)
        {
            return reference[(reference.LastIndexOf('/') + 1)..];
        }

        if (schema["allOf"] is JsonArray parts)
        {
            return string.Join(" and ", parts.Select(TypeOf));
        }

        return Text(schema["type"]) switch
        {
            null => "anything",
            "array" => $"array of {TypeOf(schema["items"])}{(IsTrue(schema["items"]?["nullable"]) ? " or null" : "")}",
            "object" when schema["additionalProperties"] is JsonObject values => $"object of {TypeOf(values)}",
            var type when Text(schema["format"]) is { } format => $"{type} ({format})",
            var type => type,
        };
    }

    private static string? Kinds(JsonNode? schema) =>
        schema?["discriminator"]?["mapping"] is JsonObject mapping ? string.Join(", ", mapping.Select(kind => kind.Key)) : null;

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    /// <summary>A scalar as it is read, a list with its elements apart, or null.</summary>
    private static string? Text(JsonNode? node) => node switch
    {
        null => null,
        JsonArray elements => string.Join(", ", elements.Select(Text)),
        _ => node.ToString(),
    };

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex(@" 2..\z")]
    private static partial Regex Success();

    [GeneratedRegex(@"\A#/components/schemas/(.+)\z")]
    private static partial Regex SchemaReference();
}
