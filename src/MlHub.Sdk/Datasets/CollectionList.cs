using System.Collections;

namespace MlHub.Sdk;

/// <summary>
/// The collections of a dataset, fetched. One that holds both source imagery and labels is in both lists, and once in the whole (manual §4.3).
/// </summary>
public sealed class CollectionList : IReadOnlyList<Collection>
{
    private readonly IReadOnlyList<Collection> _all;

    /// <summary>Creates a list from collections and what their dataset says of them.</summary>
    /// <param name="listed">What the dataset says of each collection, in the order of <paramref name="all"/>.</param>
    /// <param name="all">The collections.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public CollectionList(IReadOnlyList<CollectionDescriptor> listed, IReadOnlyList<Collection> all)
    {
        ArgumentNullException.ThrowIfNull(listed);
        ArgumentNullException.ThrowIfNull(all);
        if (listed.Count != all.Count)
        {
            throw new ArgumentException($"{listed.Count} collections are listed, and there are {all.Count}.", nameof(all));
        }

        _all = all;
        SourceImagery = OfType(listed, CollectionType.SourceImagery);
        Labels = OfType(listed, CollectionType.Labels);
    }

    /// <summary>Those that hold source imagery.</summary>
    public IReadOnlyList<Collection> SourceImagery { get; }

    /// <summary>Those that hold labels.</summary>
    public IReadOnlyList<Collection> Labels { get; }

    /// <inheritdoc/>
    public int Count => _all.Count;

    /// <inheritdoc/>
    public Collection this[int index] => _all[index];

    /// <inheritdoc/>
    public IEnumerator<Collection> GetEnumerator() => _all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Collection[] OfType(IReadOnlyList<CollectionDescriptor> listed, CollectionType type) =>
        [.. _all.Where((_, i) => listed[i].Types.Contains(type))];
}
