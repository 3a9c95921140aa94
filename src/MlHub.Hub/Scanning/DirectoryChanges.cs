using System.Collections;
using MlHub.Hub.Index;

namespace MlHub.Hub.Scanning;

/// <summary>How a directory differs from its index, by the sizes and times of its files.</summary>
internal sealed class DirectoryChanges
{
    // More changes than this are read faster into a new index.
    private const int Most = 100_000;

    private DirectoryChanges(List<FoundFile> added, List<IndexedFile> gone, bool isSimple)
    {
        New = added;
        Gone = [.. gone.Select(file => file.Id)];
        IsEmpty = added.Count == 0 && gone.Count == 0;
        AreOnlyItems = isSimple && added.Count <= Most && gone.Count <= Most
            && added.TrueForAll(file => !file.IsTarball && !file.IsDatasets) && gone.TrueForAll(file => file.Kind is FileKind.Item or FileKind.Other or FileKind.LeftOut);
    }

    internal bool IsEmpty { get; }

    /// <summary>Whether only JSON files that were no collections or catalogs have changed, and no other file can have what they had.</summary>
    internal bool AreOnlyItems { get; }

    /// <summary>The files to read: new ones, and changed ones.</summary>
    internal IReadOnlyList<FoundFile> New { get; }

    /// <summary>The numbers of the files to forget: those that are gone, and changed ones.</summary>
    internal IReadOnlyList<long> Gone { get; }

    internal static DirectoryChanges Find(string root, IndexReader index, CancellationToken cancellationToken)
    {
        var (added, gone) = (new List<FoundFile>(), new List<IndexedFile>());
        using var lookup = index.LookUpFiles();
        var seen = new BitArray((int)lookup.LastId + 1);
        foreach (var found in new DirectoryWalk(root).Files())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var known = lookup.Find(found.Path);
            if (known is not null)
            {
                seen[(int)known.Id] = true;
                if (known.Size == found.Size && known.Modified == found.Modified)
                {
                    continue;
                }

                gone.Add(known);
            }

            added.Add(found);
        }

        gone.AddRange(lookup.Where(id => !seen[(int)id]));

        // If a file of an item is gone, an archive or another file may have the item too.
        var isSimple = gone.Count == 0 || !lookup.HasSpareItems();
        return new DirectoryChanges(added, gone, isSimple);
    }
}
