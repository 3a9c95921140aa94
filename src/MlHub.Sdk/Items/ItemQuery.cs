namespace MlHub.Sdk;

/// <summary>Which items of a collection to list, and how many.</summary>
public sealed record ItemQuery
{
    /// <summary>How many items to list at the most. A collection may hold hundreds of thousands.</summary>
    /// <value>The default is null: all items.</value>
    public int? Limit { get; init; }

    /// <summary>How many items the server gives in one page.</summary>
    /// <value>The default is null: the server decides (30 in generation A, 10 in B).</value>
    public int? PageSize { get; init; }

    /// <summary>Only items that support all of these STAC extensions; the server decides what matches.</summary>
    /// <value>The default is empty: any.</value>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>Only items whose bbox has a point in common with this one. Decided here: the API has no such filter, so every page is fetched.</summary>
    /// <value>The default is null: anywhere.</value>
    /// <remarks>
    /// If an item has no bbox, or one that is not in degrees, the box around its geometry counts. An item that has neither is left out (OGC API Features Part 1
    /// §7.15.3), and a warning in the log says how many were.
    /// </remarks>
    public Bbox? Bbox { get; init; }

    /// <summary>Only items of a moment in this interval, its ends included, or whose own interval overlaps it. Decided here, as <see cref="Bbox"/>.</summary>
    /// <value>The default is null: any time.</value>
    /// <remarks>An item without a time that can be read is left out, and a warning in the log says how many were.</remarks>
    public TemporalInterval? DateTime { get; init; }

    internal void Validate()
    {
        if (Limit is < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(Limit), Limit, "A limit is 0 or more, or null for all items.");
        }

        if (PageSize is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(PageSize), PageSize, "A page holds 1 item or more.");
        }
    }
}
