namespace MlHub.Sdk.Assets.Record;

/// <summary>An asset in the database.</summary>
internal sealed record AssetRow
{
    /// <summary>The number of the row.</summary>
    internal long Id { get; init; }

    internal required string CollectionId { get; init; }

    /// <summary>Null for an asset of the collection itself.</summary>
    internal string? ItemId { get; init; }

    internal required string Key { get; init; }

    /// <summary>The resolved address. If there is none that can be used, the href as the hub sent it.</summary>
    internal string? Url { get; init; }

    /// <summary>The path in the directory of the dataset, with slashes.</summary>
    internal required string Path { get; init; }

    internal bool IsCommon { get; init; }

    internal string? MediaType { get; init; }

    /// <summary>The roles, as a JSON array.</summary>
    internal string RolesJson { get; init; } = "[]";

    /// <summary>The size in the item (<c>file:size</c>).</summary>
    internal long? StatedBytes { get; init; }

    /// <summary>Whether exactly the bytes with <see cref="StatedDigest"/> are wanted, also of a file that is there already.</summary>
    internal bool IsLocked { get; init; }

    /// <summary>The digest in the item (<c>file:checksum</c>), or in the lock.</summary>
    internal string? StatedDigest { get; init; }

    /// <summary>Further addresses of the same file (<c>alternate</c>, STAC Alternate Assets extension), in order, as a JSON array. Null if there are none.</summary>
    internal string? AlternatesJson { get; init; }

    /// <summary>The number of its item or collection among the documents of the catalogue.</summary>
    internal long Document { get; init; }

    internal ItemFields Item { get; init; } = ItemFields.None;

    /// <summary>Whether an earlier run stored the file.</summary>
    internal bool IsStored { get; init; }

    /// <summary>Whether a file that is there may be that of another asset of an earlier catalogue.</summary>
    internal bool IsStale { get; init; }

    /// <summary>The size of the stored file.</summary>
    internal long? Bytes { get; init; }
}
