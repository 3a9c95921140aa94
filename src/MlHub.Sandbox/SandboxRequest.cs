namespace MlHub.Sandbox;

/// <summary>A request that a sandbox received. The parameter <c>key</c> and the headers <c>Authorization</c>, <c>Proxy-Authorization</c> and <c>Cookie</c> are left out, because they contain secrets. All other headers are as they were sent.</summary>
public sealed record SandboxRequest
{
    /// <summary>The method, such as <c>GET</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The path as it was sent, without the query. It begins with <c>/</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The query as it was sent, without the parameter <c>key</c>. It begins with <c>?</c> or is empty.</summary>
    public required string Query { get; init; }

    /// <summary>The headers without <c>Authorization</c>, <c>Proxy-Authorization</c> and <c>Cookie</c>. Names are not case-sensitive.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Whether the request had a key, accepted or not.</summary>
    public required bool HasKey { get; init; }

    /// <summary>The method, the path and the query.</summary>
    public override string ToString() => $"{Method} {Path}{Query}";
}
