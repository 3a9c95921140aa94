using System.Collections;

namespace MlHub.Sdk;

/// <summary>
/// The collections of a dataset. A collection that contains both source imagery and labels is in both sublists, and once in the whole list.
/// </summary>
public sealed class CollectionList : IReadOnlyList<Collection>
{
    private readonly IReadOnlyList<Collection> _all;

    /// <summary>Creates a list from collections and their descriptors in the dataset.</summary>
    /// <param name="listed">The dataset's descriptor of each collection, in the order of <paramref name="all"/>.</param>
    /// <param name="all">The collections.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public CollectionList(IReadOnlyList<CollectionDescriptor> listed, IReadOnlyList<Collection> all)
    {
        ArgumentNullException.ThrowIfNull(listed);
        ArgumentNullException.ThrowIfNull(all);
        if (listed.Count != all.Count)
        {
            throw new ArgumentException($"The lists must have the same length: {nameof(listed)} has {listed.Count} elements, and {nameof(all)} has {all.Count}.", nameof(all));
        }

        _all = all;
        SourceImagery = OfType(listed, CollectionType.SourceImagery);
        Labels = OfType(listed, CollectionType.Labels);
    }

    /// <summary>The collections that contain source imagery.</summary>
    public IReadOnlyList<Collection> SourceImagery { get; }

    /// <summary>The collections that contain labels.</summary>
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
