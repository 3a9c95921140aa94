using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>A collection of the sandbox.</summary>
internal sealed record SandboxCollection
{
    public required string Id { get; init; }

    /// <summary>The dataset it belongs to, or <see langword="null"/> for the collection of a model.</summary>
    public string? DatasetId { get; init; }

    /// <summary><c>source_imagery</c>, <c>labels</c> or both.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    public string? Title { get; init; }

    public required string Description { get; init; }

    public required string License { get; init; }

    public required Box Extent { get; init; }

    public required string Start { get; init; }

    /// <summary>The end of the interval, or <see langword="null"/> if it is open.</summary>
    public string? End { get; init; }

    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>Further fields of the collection. They are created at each call, because a JSON node can have only one parent.</summary>
    public Func<JsonObject> Fields { get; init; } = () => [];

    /// <summary>The items, in the order of the list.</summary>
    public IReadOnlyList<SandboxItem> Items { get; init; } = [];

    /// <summary>The items that the API and the archive have.</summary>
    public IEnumerable<SandboxItem> ListedItems => Items.Where(item => !item.IsOnlyInCatalog);

    /// <summary>Assets of the collection itself.</summary>
    public IReadOnlyList<SandboxAsset> Assets { get; init; } = [];

    public bool HasArchive { get; init; } = true;
}
