using System.Text.RegularExpressions;
using MlHub.Sdk.Assets.Record;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets.Sharding;

/// <summary>Checks that all shards of a download are complete, and joins their databases.</summary>
internal static partial class ShardMerge
{
    /// <param name="directories">Directories of the dataset, or those above them.</param>
    /// <param name="output">The output directory for the database. Null for that of the first shard.</param>
    internal static MergedShards Run(IReadOnlyList<string> directories, string? output)
    {
        var shards = Find(directories);
        var incomplete = new List<(int Number, string Why)>();
        var files = 0L;
        foreach (var number in Enumerable.Range(1, shards[0].Shard.Count))
        {
            var (found, missing) = Best(shards.Where(shard => shard.Shard.Number == number));
            files += found;
            if (missing is not null)
            {
                incomplete.Add((number, missing));
            }
        }

        if (incomplete.Count > 0)
        {
            throw new IncompleteShardsException(
                $"{incomplete.Count} of {shards[0].Shard.Count} shards of '{shards[0].Info.Dataset}' {(incomplete.Count == 1 ? "is" : "are")} not complete: "
                + $"{string.Join("; ", incomplete.Take(5).Select(one => $"shard {one.Number} {one.Why}"))}{(incomplete.Count > 5 ? "; …" : "")}. Run {(incomplete.Count == 1 ? "it" : "them")} again, and then merge.",
                [.. incomplete.Select(one => one.Number)]);
        }

        var path = Path.Combine(output is null ? Path.GetDirectoryName(shards[0].Path)! : Path.Combine(output, SafeFileName.Make(shards[0].Info.Dataset)), AssetDatabase.FileName);
        Join(shards, path);
        return new MergedShards(shards[0].Info.Dataset, shards[0].Shard.Count, files, path);
    }

    private static List<FoundShard> Find(IReadOnlyList<string> directories)
    {
        var found = new List<FoundShard>();
        foreach (var directory in directories)
        {
            var own = In(directory);
            var there = own.Count > 0 ? own : [.. Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal).SelectMany(In)];
            if (there.Count == 0)
            {
                throw new ArgumentException($"'{directory}' has no database of a shard (mlhub_stac_assets.1-of-8.db), nor have the directories in it. Give the output directories of the shards.", nameof(directories));
            }

            found.AddRange(there);
        }

        found.Sort((one, other) => one.Shard.Number.CompareTo(other.Shard.Number));
        return found switch
        {
            _ when found.Find(shard => shard.Info.Dataset != found[0].Info.Dataset) is { } other =>
                throw new ArgumentException($"The shards are of several datasets, '{found[0].Info.Dataset}' and '{other.Info.Dataset}': merge one after the other.", nameof(directories)),
            _ when found.Find(shard => shard.Shard.Count != found[0].Shard.Count) is { } other =>
                throw new ArgumentException($"'{found[0].Path}' is one of {found[0].Shard.Count} shards, but '{other.Path}' is one of {other.Shard.Count}. Remove those that do not belong together.", nameof(directories)),
            _ when found.Find(shard => shard.Info.Selection != found[0].Info.Selection) is { } other =>
                throw new ArgumentException($"'{found[0].Path}' and '{other.Path}' were made with different filters. Run all shards with the same ones.", nameof(directories)),
            _ when found.Find(shard => shard.Info.Catalogue != found[0].Info.Catalogue) is { } other =>
                throw new ArgumentException($"'{found[0].Path}' and '{other.Path}' were made from different catalogues. Run the shards again that have the older one.", nameof(directories)),
            _ => found,
        };
    }

    private static List<FoundShard> In(string directory)
    {
        var found = new List<FoundShard>();
        foreach (var path in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal))
        {
            if (Name().Match(Path.GetFileName(path)) is { Success: true } name && AssetShard.TryCreate(name.Groups["number"].Value, name.Groups["count"].Value, firstNumber: 1) is { } shard)
            {
                using var database = AssetDatabase.OpenExisting(path);
                found.Add(new FoundShard(path, shard, database.LastRun() ?? throw new ArgumentException($"'{path}' was not made by \"mlhub assets download --shard\".", nameof(directory))));
            }
        }

        return found;
    }

    // Of several databases of one shard, one that is complete is enough.
    private static (long Files, string? Why) Best(IEnumerable<FoundShard> same)
    {
        (long Files, string? Why) best = (0, "is missing");
        foreach (var shard in same)
        {
            using var database = AssetDatabase.OpenExisting(shard.Path);
            var (files, missing) = (0L, 0L);
            foreach (var row in database.KeptRows().Where(row => shard.Shard.Has(row.Path)))
            {
                files++;
                missing += IsThere(shard, row) ? 0 : 1;
            }

            if (missing == 0)
            {
                return (files, null);
            }

            best = (files, $"lacks {missing} of {files} files");
        }

        return best;
    }

    private static bool IsThere(FoundShard shard, AssetRow row) => row.IsStored
        && FileStatus.At(Path.Combine(Path.GetDirectoryName(shard.Path)!, row.Path), followsLinks: true) is { IsRegular: true } there && there.Size == row.Bytes;

    private static void Join(List<FoundShard> shards, string path)
    {
        var unfinished = path + ".mlhub-part";
        File.Delete(unfinished);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var first = AssetDatabase.OpenExisting(shards[0].Path))
            {
                first.CopyTo(unfinished);
            }

            using (var all = AssetDatabase.Open(unfinished))
            {
                foreach (var shard in shards)
                {
                    all.AddResultsOf(shard.Path);
                }
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    [GeneratedRegex(@"^mlhub_stac_assets\.(?<number>[0-9]{1,6})-of-(?<count>[0-9]{1,6})\.db$")]
    private static partial Regex Name();

    private sealed record FoundShard(string Path, AssetShard Shard, RunInfo Info);
}
