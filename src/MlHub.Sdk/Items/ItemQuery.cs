namespace MlHub.Sdk;

/// <summary>A filter and a limit for the items of a collection.</summary>
public sealed record ItemQuery
{
    /// <summary>The maximum number of items to list. A collection can contain hundreds of thousands of items.</summary>
    /// <value>The default is null: all items.</value>
    public int? Limit { get; init; }

    /// <summary>The number of items that the server returns in one page.</summary>
    /// <value>The default is null: the server decides (30 items in the 2021 version of the API, 10 in the 2022 version).</value>
    public int? PageSize { get; init; }

    /// <summary>Only items that use all of these STAC extensions. The server applies this filter.</summary>
    /// <value>The default is empty: no filter.</value>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>Only items whose bounding box intersects this one. The SDK fetches every page and applies the filter. <see cref="ItemsClient.SearchAsync"/> lets the hub apply it.</summary>
    /// <value>The default is null: anywhere.</value>
    /// <remarks>
    /// If an item has no bounding box, or one that is not in degrees, the box around its geometry is used. An item that has neither is left out (OGC API
    /// Features Part 1 §7.15.3), and a warning is logged with the number of such items.
    /// </remarks>
    public Bbox? Bbox { get; init; }

    /// <summary>
    /// Only items whose time is in this interval, its ends included, or whose own interval overlaps it. The SDK applies this filter, like <see cref="Bbox"/>.
    /// </summary>
    /// <value>The default is null: any time.</value>
    /// <remarks>An item without a valid time is left out, and a warning is logged with the number of such items.</remarks>
    public TemporalInterval? DateTime { get; init; }

    internal void Validate()
    {
        if (Limit is < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(Limit), Limit, "The limit must be 0 or more, or null for all items.");
        }

        if (PageSize is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(PageSize), PageSize, "The page size must be 1 or more.");
        }
    }
}
