using System.Formats.Tar;
using Microsoft.Data.Sqlite;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>What a catalogue may contain, and what is made of it.</summary>
public sealed class CatalogueTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Hostile_and_broken_entries_are_refused_by_name_and_the_other_entries_are_read()
    {
        var hub = new FakeHub(new Catalogue()
            .Add("set/catalog.json", """{"type": "Catalog", "id": "set"}""")
            .Add("../outside.json", "{}")
            .Add("set/../../outside.json", "{}")
            .Add("/outside.json", "{}")
            .Add("C:/outside.json", "{}")
            .Add("set\\..\\outside.json", "{}")
            .Add("set/._catalog.json", "x")
            .Add("set/.DS_Store", "x")
            .Add("set/readme.txt", "x")
            .Add("set/c/broken.json", "{\"id\":")
            .Add("set/c/list.json", "[]")
            .Add("set/c/strange.json", "{}")
            .Add("set/c/link.json", "/etc/passwd", TarEntryType.SymbolicLink)
            .AddItem("c", "1", "B02"));

        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        Assert.Equal(1, result.Downloaded);
        Assert.Equal(12, result.RefusedCount);
        Assert.Equal(12, result.Refused.Count);
        Assert.Equal("its name leads out of the directory (..)", result.Refused.First(entry => entry.Name == "../outside.json").Reason);
        Assert.Equal("it is a link or a device and not a file", result.Refused.First(entry => entry.Name == "set/c/link.json").Reason);
        Assert.Equal(["set.tar.gz", "set/c/1/1.json", "set/c/1/B02.tif", "set/catalog.json"], _folder.Tree().Keys);
        Assert.Equal(["data"], Directory.GetFileSystemEntries(_folder.Parent).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("../../../evil")]
    [InlineData("/etc/evil")]
    [InlineData("..")]
    [InlineData("a\\..\\b")]
    [InlineData("CON")]
    [InlineData(".bashrc")]
    public async Task A_hostile_key_item_or_collection_stays_in_the_directory(string name)
    {
        var hub = new FakeHub(new Catalogue()
            .AddCollection("c", name)
            .Add("set/c/1/1.json", Item("c", "1", name))
            .Add("set/c/2/2.json", Item("c", name, "B02"))
            .Add("set/c/3/3.json", Item(name, "3", "B02")));

        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        Assert.Equal(4, result.Downloaded);
        Assert.Equal(["data"], Directory.GetFileSystemEntries(_folder.Parent).Select(Path.GetFileName));
        Assert.Equal(4 + 4 + 1, _folder.Tree().Count);
        Assert.All(_folder.Tree().Keys, file => Assert.StartsWith("set", file, StringComparison.Ordinal));

        static string Item(string collection, string id, string key) => $$"""
            {"type": "Feature", "id": {{Text(id)}}, "collection": {{Text(collection)}}, "geometry": null, "properties": {"datetime": null},
             "assets": { {{Text(key)}}: {"href": "https://files.test/{{Uri.EscapeDataString(collection + id + key).Replace(".", "_", StringComparison.Ordinal)}}.tif"} } }
            """;

        static string Text(string text) => System.Text.Json.Nodes.JsonValue.Create(text).ToJsonString();
    }

    [Fact]
    public async Task An_asset_never_replaces_the_STAC_file_of_its_item_or_collection()
    {
        var hub = new FakeHub(new Catalogue()
            .Add("set/c/collection.json", """{"type": "Collection", "id": "c", "assets": {"collection": {"href": "https://files.test/a.json"}}}""")
            .AddItem("c", "1", ["1"], item => item["assets"]!["1"]!["href"] = "https://files.test/b.json"))
        {
            Instead = _ => FakeHub.Whole("{}"u8.ToArray(), "application/json"),
        };

        await hub.Dataset().DownloadAssetsAsync(_folder.Path);

        Assert.Contains("\"type\": \"Collection\"", await File.ReadAllTextAsync(_folder["set/c/collection.json"]), StringComparison.Ordinal);
        Assert.Contains("Feature", await File.ReadAllTextAsync(_folder["set/c/1/1.json"]), StringComparison.Ordinal);
        Assert.Equal(5, _folder.Tree().Count);
    }

    [Fact]
    public async Task A_damaged_catalogue_is_an_error_and_leaves_the_record_as_it_was()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", "B02"));
        await hub.Dataset().DownloadAssetsAsync(_folder.Path);
        var whole = hub.Catalogue;
        hub.Catalogue = [.. whole[..(whole.Length / 2)], 1, 2, 3];

        await Assert.ThrowsAsync<MlHubException>(() => hub.Dataset().DownloadAssetsAsync(_folder.Path));
        hub.Catalogue = whole;

        Assert.Equal(1, (await hub.Dataset().DownloadAssetsAsync(_folder.Path)).AlreadyThere);
    }

    [Fact]
    public async Task The_database_begins_with_the_columns_of_the_Python_client()
    {
        var hub = new FakeHub(new Catalogue().AddCollection("c", "legend").AddItem("c", "1", ["B02", "readme"], item => item["bbox"] = new System.Text.Json.Nodes.JsonArray(1, 2, 3, 4)));
        var result = await hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["B02", "readme"] } });

        using var connection = new SqliteConnection($"Data Source={result.DatabasePath};Pooling=False");
        connection.Open();
        Assert.Equal(
            "collection_id item_id asset_key asset_url asset_save_path filtered common_asset bbox_json geometry_json single_datetime start_datetime end_datetime",
            string.Join(' ', Query("SELECT name FROM pragma_table_info('assets')").Take(12)));
        Assert.Equal(
            ["c||legend|https://files.test/c/legend.tif|c/legend.tif|1|0|||", "c|1|readme|https://files.test/c/1/readme.tif|c/_common/readme.tif|0|1|[1,2,3,4]|2020-01-01T00:00:00Z|stored", "c|1|B02|https://files.test/c/1/B02.tif|c/1/B02.tif|0|0|[1,2,3,4]|2020-01-01T00:00:00Z|stored"],
            Query("SELECT concat_ws('|', collection_id, ifnull(item_id, ''), asset_key, asset_url, asset_save_path, filtered, common_asset, ifnull(bbox_json, ''), ifnull(single_datetime, ''), ifnull(status, '')) FROM assets ORDER BY rowid"));

        List<string> Query(string sql)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are constants of this test.
            command.CommandText = sql;
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read())
            {
                rows.Add(reader.GetString(0));
            }

            return rows;
        }
    }
}
