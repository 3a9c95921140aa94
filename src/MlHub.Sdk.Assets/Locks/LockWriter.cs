using System.Text.Json;
using MlHub.Sdk.Assets.Selection;

namespace MlHub.Sdk.Assets.Locks;

/// <summary>Writes a lock. It gets its name when it is complete. Each file is a line of its own, so that two locks can be compared line by line.</summary>
internal static class LockWriter
{
    internal static void Write(string path, AssetsLock head, IEnumerable<LockedAsset> assets)
    {
        var unfinished = path + ".mlhub-part";
        try
        {
            using (var file = new StreamWriter(unfinished) { NewLine = "\n" })
            {
                file.WriteLine("{");
                foreach (var (name, value) in Head(head))
                {
                    file.WriteLine($"  \"{name}\": {value},");
                }

                file.Write("  \"assets\": [");
                var separator = "\n";
                foreach (var asset in assets)
                {
                    file.Write($"{separator}    {LineOf(asset)}");
                    separator = ",\n";
                }

                file.WriteLine("\n  ]\n}");
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static IEnumerable<(string Name, string Value)> Head(AssetsLock head)
    {
        yield return ("version", $"{LockReader.Version}");
        yield return ("dataset", Quoted(head.DatasetId));
        yield return ("catalogue", Quoted(head.Catalogue));
        yield return ("filter", FilterJson.Write(head.Filter));
        if (head.Layout is { } layout)
        {
            yield return ("layout", Quoted(layout));
        }

        if (head.Splits.Count > 0)
        {
            yield return ("splits", JsonFields.Write(json =>
            {
                foreach (var (name, share) in head.Splits.OrderBy(split => split.Key, StringComparer.Ordinal))
                {
                    json.WriteNumber(name, share);
                }
            }));
            yield return ("seed", $"{head.Seed ?? 0}");
        }
    }

    private static string LineOf(LockedAsset asset) => JsonFields.Write(json =>
    {
        json.WriteString("path", asset.Path);
        json.WriteString("collection", asset.CollectionId);
        if (asset.ItemId is { } item)
        {
            json.WriteString("item", item);
        }

        json.WriteString("key", asset.Key);
        json.WriteNumber("bytes", asset.Bytes);
        json.WriteString("sha256", asset.Sha256);
        if (asset.Split is { } split)
        {
            json.WriteString("split", split);
        }
    });

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
