using System.Text;
using System.Text.Json;

namespace MlHub.Hub.Tests;

/// <summary>Odd files are left out with a reason, and never stop the others.</summary>
public sealed class OddFilesTests
{
    [Fact]
    public async Task Each_file_that_cannot_be_served_is_listed_with_its_reason_and_all_others_are_served()
    {
        await using var directory = new HubDirectory();
        directory.WriteDataset("crops", "crops_source", "one", "two");
        directory.Write("crops/._catalog.json", "\0\u0005\u0016\u0007");
        directory.Write("crops/.DS_Store", "Bud1");
        directory.Write("crops/crops_source/one/broken.json", "{\n\"id\": ");
        directory.Write("crops/crops_source/one/empty.json", "");
        directory.Write("crops/crops_source/half/half.json", HubDirectory.Item("half", "crops_source").Replace("\"properties\":{", "\"properties\":{\"note\":\"\\ud800\",", StringComparison.Ordinal));
        File.WriteAllBytes(
            directory.Write("crops/crops_source/latin/latin.json", ""),
            System.Text.Encoding.Latin1.GetBytes(HubDirectory.Item("caf_", "crops_source").Replace("caf_", "caf\u00E9", StringComparison.Ordinal)));
        directory.Write("crops/crops_source/copy/one.json", HubDirectory.Item("one", "crops_source"));
        directory.Write("floods.tar.gz.mlhub-part", "half");
        directory.Write("floods.tar.gz.mlhub-journal", "journal");
        directory.Write("cut.tar.gz", "no gzip");
        directory.WriteTarball("backup.tar.gz", ("home/notes.txt", "private"));
        directory.WriteTarball("slides.tar.gz", ("slides/collection.json", HubDirectory.Collection("slides")), ("slides/../../escaped.json", "{}"), ("slides/._collection.json", "x"), ("slides/broken.json", "{"));
        File.CreateSymbolicLink(directory.Place("elsewhere"), "/");
        var hub = await directory.OpenAsync();
        var client = await directory.ConnectAsync(hub);

        Assert.Equal(
            [
                ("backup.tar.gz", "there is no STAC in it, and datasets.json names no collection 'backup'"),
                ("crops/.DS_Store", "it is a file of macOS, not of a dataset"),
                ("crops/._catalog.json", "it is a file of macOS, not of a dataset"),
                ("crops/crops_source/half/half.json", "it has text that is not Unicode"),
                ("crops/crops_source/latin/latin.json", "it has text that is not Unicode"),
                ("crops/crops_source/one/broken.json", "it is not JSON: line 2 is wrong"),
                ("crops/crops_source/one/empty.json", "it is empty"),
                ("crops/crops_source/one/one.json", "another file has the item 'one' of the collection 'crops_source' already"),
                ("cut.tar.gz", "it is damaged or not complete: download it again"),
                ("elsewhere", "it is a link, and links are not followed"),
                ("floods.tar.gz.mlhub-journal", "it belongs to a download that is not finished: run the download again"),
                ("floods.tar.gz.mlhub-part", "it belongs to a download that is not finished: run the download again"),
                ("slides.tar.gz: slides/../../escaped.json", "its name leads out of the tarball"),
                ("slides.tar.gz: slides/._collection.json", "it is a file of macOS, not of a dataset"),
                ("slides.tar.gz: slides/broken.json", "it is not JSON: line 1 is wrong"),
            ],
            (await hub.ListLeftOutAsync()).Select(file => (file.Path, file.Reason)));
        Assert.Equal(["crops", "slides"], await client.Datasets.ListAsync().Select(dataset => dataset.Id).ToListAsync());
        Assert.Equal(["one", "two"], await client.Collections.ListItemsAsync("crops_source").Select(item => item.Id).ToListAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(40)]
    public async Task An_archive_that_is_cut_off_at_its_end_is_damaged(int fromEnd)
    {
        await using var directory = new HubDirectory();
        var path = directory.WriteTarball("crops.tar.gz", ("crops/collection.json", HubDirectory.Collection("crops")), ("crops/one/stac.json", HubDirectory.Item("one", "crops")));
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(file.Length - fromEnd);
        }

        var hub = await directory.OpenAsync();

        Assert.Equal(fromEnd == 0 ? 1 : 0, hub.Collections.Count);
        Assert.Equal(fromEnd == 0 ? 0 : 1, (await hub.ListLeftOutAsync()).Count);
    }

    [Fact]
    public async Task A_changed_byte_in_an_archive_is_found()
    {
        await using var directory = new HubDirectory();
        var path = directory.WriteTarball("crops.tar.gz", ("crops/collection.json", HubDirectory.Collection("crops")), ("crops/one/stac.json", HubDirectory.Item("one", "crops")));
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^6] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        var hub = await directory.OpenAsync();

        Assert.Empty(hub.Collections);
        Assert.Equal("it is damaged or not complete: download it again", Assert.Single(await hub.ListLeftOutAsync()).Reason);
    }

    [Fact]
    public async Task Documents_that_break_the_rules_are_repaired()
    {
        await using var directory = new HubDirectory();
        directory.Write("odd/catalog.json", HubDirectory.Catalog("another-id"));
        directory.Write("odd/odd_c/collection.json", """{"stac_version": "0.8.1", "id": "odd_c", "description": "", "license": "MIT", "extent": {"spatial": [1, 2, 3, 4], "temporal": ["2019-01-01T00:00:00Z", null]}, "links": null}""");
        directory.Write("odd/odd_c/a/a.json", "\uFEFF" + """{"type": "Feature", "id": 7, "stac_version": "0.8.1", "properties": {"datetime": "2019-02-03", "cloud": NaN, "text": "NaN"}, "assets": {"a": {"href": "a.tif"}, "b": 3, "c": {"href": null}}, "links": [1, {"rel": "x", "href": "y"}]}""");
        var client = await directory.ConnectAsync();

        Assert.Equal("odd", Assert.Single(await client.Datasets.ListAsync().ToListAsync()).Id);
        Assert.Equal("odd_c", Assert.Single(await client.Collections.ListAsync().ToListAsync()).Id);
        var item = Assert.Single(await client.Collections.ListItemsAsync("odd_c").ToListAsync());
        Assert.Equal(("7", "odd_c", "a"), (item.Id, item.CollectionId, Assert.Single(item.Assets.Keys)));
    }

    [Fact]
    public async Task An_item_without_a_time_meets_no_condition_on_the_time_not_even_one_from_the_year_1()
    {
        await using var directory = new HubDirectory();
        directory.Write("c/timed.json", HubDirectory.Item("timed", "c"));
        directory.Write("c/timeless.json", HubDirectory.Item("timeless", "c").Replace("\"2021-03-01T00:00:00Z\"", "null", StringComparison.Ordinal));
        var server = await directory.ServeAsync();
        using var http = new HttpClient();

        foreach (var time in new[] { "0001-01-01T00:00:00Z/..", "../9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00Z/9999-12-31T23:59:59.9999999Z" })
        {
            using var found = JsonDocument.Parse(await http.GetStringAsync(new Uri(server.RootUrl, $"search?datetime={time}&key={server.ApiKey}")));
            Assert.Equal(["timed"], found.RootElement.GetProperty("features").EnumerateArray().Select(item => item.GetProperty("id").GetString()));
        }
    }

    [Fact]
    public void All_hrefs_of_assets_are_replaced_even_those_of_members_that_are_there_twice()
    {
        var json = """{"assets": {"a": {"href": "1"}}, "id": "x", "assets": {"a": {"href": "2", "title": "t", "href": "3"}, "b": 4, "a": {"href": "5"}}}""";
        Assert.Equal(
            """{"assets": {"a": {"href": "a1"}}, "id": "x", "assets": {"a": {"href": "a2", "title": "t", "href": "a3"}, "b": 4, "a": {"href": "a5"}}}""",
            Encoding.UTF8.GetString(StacFile.ReplaceAssetHrefs(Encoding.UTF8.GetBytes(json), (key, href) => key + href)));
    }
}
