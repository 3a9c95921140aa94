using System.Text.Json.Nodes;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>The parts of <c>openapi/mlhub.yaml</c>, each with the name by which a failure tells of it.</summary>
internal sealed class Description
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    public JsonNode Root { get; } = YamlJson.Read(Repository.Place("openapi/mlhub.yaml"))!;

    public IEnumerable<(string Name, JsonNode Value)> Operations =>
        from path in Root["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where Methods.Contains(operation.Key)
        select ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value!);

    public IEnumerable<(string Name, JsonNode Value)> Parameters =>
        from operation in Operations
        from parameter in operation.Value["parameters"]?.AsArray() ?? []
        let resolved = Resolve(parameter!)
        select ($"{operation.Name} {resolved["name"]}", resolved);

    public IEnumerable<(string Name, JsonNode Value)> Responses =>
        from operation in Operations
        from response in operation.Value["responses"]!.AsObject()
        select ($"{operation.Name} {response.Key}", Resolve(response.Value!));

    public IEnumerable<(string Name, JsonNode Value)> Headers =>
        from response in Responses
        from header in response.Value["headers"]?.AsObject() ?? []
        select ($"{response.Name} {header.Key}", Resolve(header.Value!));

    public IEnumerable<(string Name, JsonNode Value)> Schemas =>
        Root["components"]!["schemas"]!.AsObject().Select(schema => (schema.Key, schema.Value!));

    /// <summary>The properties that each schema declares itself, not those that it inherits.</summary>
    public IEnumerable<(string Name, JsonNode Value)> Properties =>
        from schema in Schemas
        from property in OwnProperties(schema.Value)
        select ($"{schema.Name}.{property.Key}", Resolve(property.Value!));

    public static JsonObject OwnProperties(JsonNode schema) =>
        (schema["allOf"]?.AsArray()[^1] ?? schema)["properties"]?.AsObject() ?? [];

    /// <summary>What <c>$ref</c> leads to, or the node itself.</summary>
    public JsonNode Resolve(JsonNode node)
    {
        if ((string?)node["$ref"] is not { } reference)
        {
            return node;
        }

        return reference.Split('/').Skip(1).Aggregate(Root, (parent, name) => parent[name] ?? throw new KeyNotFoundException(reference));
    }
}
