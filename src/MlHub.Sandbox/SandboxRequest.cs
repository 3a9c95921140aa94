namespace MlHub.Sandbox;

/// <summary>A request that came to a sandbox. It holds no key: the parameter <c>key</c> and the header <c>Authorization</c> are left out.</summary>
public sealed record SandboxRequest
{
    /// <summary>The method, such as <c>GET</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The path as it was sent, from <c>/</c> on, without the query.</summary>
    public required string Path { get; init; }

    /// <summary>The query as it was sent, without the parameter <c>key</c>; it begins with <c>?</c> or is empty.</summary>
    public required string Query { get; init; }

    /// <summary>The headers, by their names in whatever case, without <c>Authorization</c>.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Whether the request had a key, right or wrong.</summary>
    public required bool HasKey { get; init; }
}
