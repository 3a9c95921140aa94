using System.Diagnostics.CodeAnalysis;

namespace MlHub.Sdk;

/// <summary>The outcome of the download of one asset.</summary>
public sealed record AssetOutcome
{
    /// <summary>The id of the item's collection, or null if the item has none.</summary>
    public string? CollectionId { get; init; }

    /// <summary>The id of the item.</summary>
    public required string ItemId { get; init; }

    /// <summary>The key of the asset.</summary>
    public required string Key { get; init; }

    /// <summary>The finished file, or null if the download failed.</summary>
    public DownloadResult? Result { get; init; }

    /// <summary>Why the download failed, or null if it did not.</summary>
    public Exception? Error { get; init; }

    /// <summary>Whether the download succeeded.</summary>
    [MemberNotNullWhen(true, nameof(Result))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;
}
