using System.Text.Json.Nodes;

namespace MlHub.Description;

/// <summary>An OpenAPI description such as <c>openapi/mlhub.yaml</c>: its parts, each with the name that messages use for it.</summary>
public sealed class ApiDescription
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    private ApiDescription(JsonNode root) => Root = root;

    /// <summary>The whole description as JSON.</summary>
    public JsonNode Root { get; }

    /// <summary>The operations, named as in <c>GET /datasets</c>.</summary>
    public IEnumerable<(string Name, JsonNode Value)> Operations =>
        from path in Fields(Root["paths"])
        from operation in Fields(path.Value)
        where Methods.Contains(operation.Name)
        select ($"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value);

    /// <summary>The parameters of all operations, named as in <c>GET /datasets tags</c>.</summary>
    public IEnumerable<(string Name, JsonNode Value)> Parameters =>
        from operation in Operations
        from parameter in ParametersOf(operation.Name, operation.Value)
        select parameter;

    /// <summary>The responses of all operations, named as in <c>GET /datasets 200</c>.</summary>
    public IEnumerable<(string Name, JsonNode Value)> Responses =>
        from operation in Operations
        from response in ResponsesOf(operation.Name, operation.Value)
        select response;

    /// <summary>The headers of all responses, named as in <c>GET /datasets 429 Retry-After</c>.</summary>
    public IEnumerable<(string Name, JsonNode Value)> Headers =>
        from response in Responses
        from header in Fields(response.Value["headers"])
        select ($"{response.Name} {header.Name}", Resolve(header.Value));

    /// <summary>The schemas, by name.</summary>
    public IEnumerable<(string Name, JsonNode Value)> Schemas => Fields(Root["components"]?["schemas"]);

    /// <summary>The properties that each schema itself declares, named as in <c>Dataset.title</c>. Inherited ones are not among them.</summary>
    public IEnumerable<(string Name, JsonNode Value)> Properties =>
        from schema in Schemas
        from property in PropertiesOf(schema.Value)
        select ($"{schema.Name}.{property.Name}", Resolve(property.Value));

    /// <summary>Reads a description.</summary>
    /// <param name="yaml">The description as YAML, of which JSON is a part.</param>
    /// <exception cref="FormatException">The text is not YAML, or not an OpenAPI description.</exception>
    public static ApiDescription Parse(string yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        try
        {
            return YamlJson.Parse(yaml) is JsonObject root && root["paths"] is JsonObject
                ? new ApiDescription(root)
                : throw new FormatException("The description has no paths.");
        }
        catch (Exception e) when (e is YamlDotNet.Core.YamlException or InvalidOperationException)
        {
            throw new FormatException($"The description is not YAML: {e.Message}", e);
        }
    }

    /// <summary>The properties that a schema itself declares, each as it stands there.</summary>
    public static IEnumerable<(string Name, JsonNode Value)> PropertiesOf(JsonNode schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return Fields((schema["allOf"]?.AsArray()[^1] ?? schema)["properties"]);
    }

    /// <summary>What <c>$ref</c> leads to, or the node itself.</summary>
    /// <exception cref="FormatException">The reference leads nowhere.</exception>
    public JsonNode Resolve(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return (string?)node["$ref"] is { } reference
            ? reference.Split('/').Skip(1).Aggregate(Root, (parent, name) => parent[name] ?? throw new FormatException($"{reference} leads nowhere."))
            : node;
    }

    internal static IEnumerable<(string Name, JsonNode Value)> Fields(JsonNode? node) =>
        from field in node as JsonObject ?? []
        where field.Value is not null
        select (field.Key, field.Value);

    internal IEnumerable<(string Name, JsonNode Value)> ParametersOf(string operation, JsonNode value) =>
        from parameter in (value.Parent?["parameters"]?.AsArray() ?? []).Concat(value["parameters"]?.AsArray() ?? [])
        let resolved = Resolve(parameter)
        select ($"{operation} {resolved["name"]}", resolved);

    internal IEnumerable<(string Name, JsonNode Value)> ResponsesOf(string operation, JsonNode value) =>
        from response in Fields(value["responses"])
        select ($"{operation} {response.Name}", Resolve(response.Value));
}
