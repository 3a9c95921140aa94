using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>A dataset of the sandbox's, with its collections.</summary>
internal sealed record SandboxDataset
{
    public required string Id { get; init; }

    /// <summary>The dataset as the API gives it, with every field that the service of 2022 knew.</summary>
    public required Func<JsonObject> Json { get; init; }

    /// <summary>The collections, each once.</summary>
    public required IReadOnlyList<SandboxCollection> Collections { get; init; }

    /// <summary>The id in the catalogue's own <c>catalog.json</c>, which in the real ones is not always the dataset's.</summary>
    public string? CatalogId { get; init; }

    /// <summary>Whether whoever packed the catalogue used a Mac: it then holds <c>._*</c> and <c>.DS_Store</c>.</summary>
    public bool PackedOnMac { get; init; }
}
