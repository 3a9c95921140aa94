using System.Collections;

namespace MlHub.Sdk;

/// <summary>
/// The collections of a dataset. One that holds both source imagery and labels is in both lists, and once in the whole (manual §4.3).
/// </summary>
public sealed class DatasetCollections : IReadOnlyList<Collection>
{
    private readonly IReadOnlyList<Collection> _all;

    internal DatasetCollections(IReadOnlyList<DatasetCollection> listed, IReadOnlyList<Collection> all)
    {
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

    private Collection[] OfType(IReadOnlyList<DatasetCollection> listed, CollectionType type) =>
        [.. _all.Where((_, i) => listed[i].Types.Contains(type))];
}
