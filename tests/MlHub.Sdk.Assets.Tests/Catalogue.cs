using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>Makes the tarball of a catalogue for a test.</summary>
internal sealed class Catalogue
{
    private readonly List<(string Name, byte[] Content, TarEntryType Type)> _entries = [];

    /// <summary>The hub that has the files.</summary>
    public Uri Files { get; } = new("https://files.test/");

    public Catalogue Add(string name, string content, TarEntryType type = TarEntryType.RegularFile)
    {
        _entries.Add((name, Encoding.UTF8.GetBytes(content), type));
        return this;
    }

    public Catalogue AddCollection(string id, params string[] keys) => Add($"set/{id}/collection.json", new JsonObject
    {
        ["type"] = "Collection",
        ["id"] = id,
        ["assets"] = Assets(id, keys),
    }.ToJsonString());

    public Catalogue AddItem(string collection, string id, params string[] keys) => AddItem(collection, id, keys, _ => { });

    public Catalogue AddItem(string collection, string id, string[] keys, Action<JsonObject> change)
    {
        var item = new JsonObject
        {
            ["type"] = "Feature",
            ["id"] = id,
            ["collection"] = collection,
            ["geometry"] = null,
            ["properties"] = new JsonObject { ["datetime"] = "2020-01-01T00:00:00Z" },
            ["assets"] = Assets($"{collection}/{id}", keys),
        };
        change(item);
        return Add($"set/{collection}/{id}/{id}.json", item.ToJsonString());
    }

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var (name, content, type) in _entries)
            {
                var entry = new PaxTarEntry(type, name);
                if (type == TarEntryType.SymbolicLink)
                {
                    entry.LinkName = Encoding.UTF8.GetString(content);
                }
                else
                {
                    entry.DataStream = new MemoryStream(content);
                }

                tar.WriteEntry(entry);
            }
        }

        return bytes.ToArray();
    }

    private JsonObject Assets(string folder, string[] keys)
    {
        var assets = new JsonObject();
        foreach (var key in keys)
        {
            assets[key] = new JsonObject { ["href"] = $"{Files}{folder}/{Uri.EscapeDataString(key)}.tif", ["type"] = "image/tiff" };
        }

        return assets;
    }
}
