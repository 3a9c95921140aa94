using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>An item of the sandbox.</summary>
internal sealed record SandboxItem
{
    public required string Id { get; init; }

    /// <summary>The geometry: one box is a Polygon, and several are a MultiPolygon.</summary>
    public required IReadOnlyList<Box> Footprint { get; init; }

    /// <summary>The time, or <see langword="null"/> if there is an interval from <see cref="Start"/> to <see cref="End"/>.</summary>
    public string? DateTime { get; init; }

    public string? Start { get; init; }

    public string? End { get; init; }

    /// <summary>Further properties. They are created at each call, because a JSON node can have only one parent.</summary>
    public Func<JsonObject> Properties { get; init; } = () => [];

    public IReadOnlyList<string> Extensions { get; init; } = [];

    public IReadOnlyList<SandboxAsset> Assets { get; init; } = [];

    /// <summary>Changes the JSON of the item, for what the other properties cannot say.</summary>
    public Action<JsonObject>? Change { get; init; }

    /// <summary>Whether only the catalogue has the item. Such items may break the rules of STAC, as some in real catalogues do.</summary>
    public bool IsOnlyInCatalog { get; init; }

    /// <summary>Links in addition to the structural links that the server adds.</summary>
    public Func<JsonArray>? Links { get; init; }
}
