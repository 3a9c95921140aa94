using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>A dataset of the sandbox, with its collections.</summary>
internal sealed record SandboxDataset
{
    public required string Id { get; init; }

    /// <summary>The JSON of the dataset, with every field of the service of 2022.</summary>
    public required Func<JsonObject> Json { get; init; }

    /// <summary>The collections, each once.</summary>
    public required IReadOnlyList<SandboxCollection> Collections { get; init; }

    /// <summary>The id in <c>catalog.json</c>. In catalogues of the real service, it is not always the id of the dataset.</summary>
    public string? CatalogId { get; init; }

    /// <summary>Further entries of the catalogue, with names that a client must refuse.</summary>
    public IReadOnlyList<(string Name, byte[] Content)> OddEntries { get; init; } = [];

    /// <summary>Whether the catalogue was packed on a Mac, and therefore contains <c>._*</c> and <c>.DS_Store</c>.</summary>
    public bool PackedOnMac { get; init; }
}
