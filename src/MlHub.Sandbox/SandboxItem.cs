using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>An item of the sandbox's.</summary>
internal sealed record SandboxItem
{
    public required string Id { get; init; }

    /// <summary>Where it lies: one box is a Polygon, several are a MultiPolygon.</summary>
    public required IReadOnlyList<Box> Footprint { get; init; }

    /// <summary>The moment, or <see langword="null"/> if there is an interval from <see cref="Start"/> to <see cref="End"/>.</summary>
    public string? DateTime { get; init; }

    public string? Start { get; init; }

    public string? End { get; init; }

    /// <summary>Further properties, made anew at each call, because a JSON node has one parent.</summary>
    public Func<JsonObject> Properties { get; init; } = () => [];

    public IReadOnlyList<string> Extensions { get; init; } = [];

    public IReadOnlyList<SandboxAsset> Assets { get; init; } = [];

    /// <summary>Links beyond the structural ones that the server adds.</summary>
    public Func<JsonArray>? Links { get; init; }
}
