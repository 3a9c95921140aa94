using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Xunit;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>Assets of a file of items instead of a catalogue.</summary>
public sealed class ItemsTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly FakeHub _hub = new(new Catalogue()) { Api = _ => throw new InvalidOperationException("The hub is not asked.") };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{0}")]
    [InlineData("{0}\n{1}\n{2}\n")]
    [InlineData("{0}\r\n\r\n{1}")]
    [InlineData("\u001e{0}\n\u001e{1}\n")]
    [InlineData("[{0}, {1}]")]
    [InlineData("{{\"type\": \"FeatureCollection\", \"features\": [{0},{1},\n{2}], \"links\": [{{}}], \"numberReturned\": 3}}")]
    [InlineData("\ufeff{{\"features\": [], \"type\": \"FeatureCollection\"}}\n{{\"links\": [], \"features\" : [ {0} ]}}")]
    public async Task A_file_may_have_one_item_a_list_an_item_collection_or_lines(string format)
    {
        var items = Enumerable.Range(0, 3).Select(number => Item($"{number}")).ToArray();
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, items);

        var result = await DownloadAsync(text);

        var count = Enumerable.Range(0, 3).Count(number => format.Contains($"{{{number}}}", StringComparison.Ordinal));
        Assert.Equal((count, 0), (result.Downloaded, result.RefusedCount));
        Assert.Equal(Enumerable.Range(0, count).SelectMany(number => new[] { $"set/c/{number}/{number}.json", $"set/c/{number}/B02.tif" }).Order(StringComparer.Ordinal), _folder.Tree().Keys);
    }

    [Theory]
    [InlineData("""{"type": "Feature", "id": "1", "assets": ASSETS}""")]
    [InlineData("""{"type": "Feature", "id": "1", "properties": null, "assets": ASSETS}""")]
    [InlineData("""{"id": 1, "assets": ASSETS}""")]
    public async Task An_item_needs_only_an_id(string item)
    {
        var assets = """{"B02": {"href": "https://files.example/c/1/B02.tif"}}""";

        var file = Path.Combine(_folder.Parent, "items.txt");
        await File.WriteAllTextAsync(file, item.Replace("ASSETS", assets, StringComparison.Ordinal));
        var estimate = await _hub.Dataset().EstimateAssetsAsync(new DatasetAssetsOptions { ItemsFile = file });

        Assert.Equal(1, estimate.Total.Files);
    }

    [Fact]
    public async Task Items_in_many_lines_are_read_too()
    {
        var text = string.Join('\n', Enumerable.Range(0, 3).Select(number => JsonNode.Parse(Item($"{number}"))!.ToJsonString(new() { WriteIndented = true })));

        Assert.Equal(3, (await DownloadAsync(text)).Downloaded);
    }

    [Fact]
    public async Task The_STAC_files_have_the_bytes_of_the_items()
    {
        var items = Enumerable.Range(0, 1000).Select(number => Item($"{number}")).ToArray();
        var file = Path.Combine(_folder.Parent, "items.txt");
        await File.WriteAllLinesAsync(file, items);

        Assert.Equal(1000, await _hub.Dataset().ListAssetsAsync(new DatasetAssetsOptions { ItemsFile = file }, _folder.Path).CountAsync());
        Assert.All(items.Index(), item => Assert.Equal(item.Item, File.ReadAllText(_folder[$"set/c/{item.Index}/{item.Index}.json"])));
    }

    [Fact]
    public async Task Invalid_entries_are_skipped_and_reported_with_their_position()
    {
        var lines = await DownloadAsync($"{Item("1")}\n{{\"id\": \n[]\nx\n{{\"type\": \"Feature\"}}\n{Item("2").Replace("null", "NaN", StringComparison.Ordinal)}\n{{\"id\": \"3\"\n");

        Assert.Equal(2, lines.Downloaded);
        Assert.Equal(
            ["line 2: it is not JSON", "line 3: it is not a JSON object", "line 4: it is not JSON", "line 5: it is not a STAC catalog, collection or item", "line 7: it is not JSON"],
            lines.Refused.Select(entry => $"{entry.Name}: {entry.Reason}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{{\"features\": [{0}, 5, {{\"a\" 1}}, {1}]}}", 2, "features[1]: it is not a JSON object; features[2]: it is not JSON")]
    [InlineData("{{\"features\": [{0} {1}]}}", 1, "features[1]: a comma is missing before it")]
    [InlineData("{{\"features\": [{0},,{1}]}}", 1, "features[1]: an element of the list is missing")]
    [InlineData("{{\n\"id\":\n{0}\n{1}\n", 2, "line 1: it ends too early; line 2: it is not a JSON object")]
    public async Task A_damaged_collection_gives_what_is_whole(string format, int downloaded, string refused)
    {
        var result = await DownloadAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, Item("1"), Item("2")));

        Assert.Equal(downloaded, result.Downloaded);
        Assert.Equal(refused, string.Join("; ", result.Refused.Select(entry => $"{entry.Name}: {entry.Reason}")));
    }

    [Theory]
    [InlineData("{{\"features\": [{0}, {1}")]
    [InlineData("{0}\n{{\"id\": \"2\"")]
    [InlineData("{{\"features\": [{0}, {{\"id\": \"2\"")]
    public async Task Items_that_end_too_early_are_not_taken_for_all(string format)
    {
        var error = await Assert.ThrowsAsync<MlHubException>(() => DownloadAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, Item("1"), Item("2"))));

        Assert.Contains("end too early", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_notices_whether_the_file_has_changed()
    {
        await DownloadAsync($"{Item("1")}\n{Item("2")}");
        var same = await DownloadAsync($"{Item("1")}\n{Item("2")}");
        var changed = await DownloadAsync($"{Item("2")}\n{Item("3")}");

        Assert.Equal((0, 2), (same.Downloaded, same.AlreadyThere));
        Assert.Equal((1, 1), (changed.Downloaded, changed.AlreadyThere));
    }

    [Fact]
    public async Task Different_items_with_one_id_get_different_files()
    {
        await DownloadAsync($"{Item("1")}\n{Item("1")}\n{Item("1", "B03")}");

        Assert.Equal(2, _folder.Tree().Keys.Count(path => path.EndsWith(".tif", StringComparison.Ordinal)));
        Assert.Equal(2, _folder.Tree().Keys.Count(path => path.EndsWith(".json", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_that_does_not_exist_is_refused() =>
        Assert.Contains("does not exist", (await Assert.ThrowsAsync<ArgumentException>(() => _hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { ItemsFile = "/no/such/file" }))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Alternate_addresses_are_recorded_in_their_order()
    {
        var item = JsonNode.Parse(Item("1"))!;
        item["assets"]!["B02"]!["alternate"] = new JsonObject
        {
            ["s3"] = new JsonObject { ["href"] = "s3://bucket/B02.tif" },
            ["same"] = new JsonObject { ["href"] = "https://files.test/1/B02.tif" },
            ["local"] = new JsonObject { ["href"] = "file:///data/B02.tif" },
            ["odd"] = 5,
            ["mirror"] = new JsonObject { ["href"] = "https://mirror.test/B02.tif" },
        };

        var result = await DownloadAsync(item.ToJsonString());

        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={result.DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT alternates_json FROM assets";
        Assert.Equal("""["https://bucket.s3.amazonaws.com/B02.tif","https://mirror.test/B02.tif"]""", command.ExecuteScalar());
    }

    /// <summary>Change any byte of a file of lines: the lines before are read. Cut it in a line: it is not taken for all.</summary>
    [Property(MaxTest = 50)]
    public async Task Lines_before_a_fault_are_always_read(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var lines = Enumerable.Range(0, 20).Select(number => Item($"{number}")).ToArray();
        var text = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        var at = random.Next(lines[0].Length + 1, text.Length);
        var before = Encoding.UTF8.GetString(text, 0, at).Count(character => character == '\n');
        var isInLine = text[at] != '\n' && text[at - 1] != '\n';
        text[at] = (byte)random.Next(256);

        var listed = await ListAsync([.. text, (byte)'\n']);
        Assert.Equal(Enumerable.Range(0, before).Select(number => $"{number}"), listed.Take(before));
        if (isInLine)
        {
            await Assert.ThrowsAsync<MlHubException>(() => ListAsync(text[..at]));
        }
        else
        {
            Assert.Equal(before + (text[at - 1] == '\n' ? 0 : 1), (await ListAsync(text[..at])).Count);
        }
    }

    private async Task<List<string?>> ListAsync(byte[] items)
    {
        var file = Path.Combine(_folder.Parent, "items.jsonl");
        await File.WriteAllBytesAsync(file, items);
        return await _hub.Dataset().ListAssetsAsync(new DatasetAssetsOptions { ItemsFile = file }).Select(asset => asset.ItemId).ToListAsync();
    }

    private static string Item(string id, string key = "B02") =>
        $$$"""{"type": "Feature", "id": "{{{id}}}", "collection": "c", "geometry": null, "properties": {"datetime": "2020-01-01T00:00:00Z", "a": "{[\"\\"}, "assets": {"{{{key}}}": {"href": "https://files.test/{{{id}}}/{{{key}}}.tif"} } }""";

    private async Task<DatasetAssetsResult> DownloadAsync(string items)
    {
        var file = Path.Combine(_folder.Parent, "items.txt");
        await File.WriteAllTextAsync(file, items);
        return await _hub.Dataset().DownloadAssetsAsync(_folder.Path, new DatasetAssetsOptions { ItemsFile = file });
    }
}
