using System.Text.Json.Nodes;

namespace MlHub.Cli.Tests;

/// <summary><c>mlhub items search</c> with a real server.</summary>
public sealed class SearchTests(SandboxFixture hub) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task A_search_prints_the_items_of_all_collections_that_meet_all_conditions()
    {
        var outcome = await hub.RunAsync("items", "search", "--bbox", "34,0,35,1", "--datetime", "2019-08-01/..", "--filter", "eo:cloud_cover < 50", "--sort-by=-properties.datetime", "--all");

        var rows = outcome.Quietly().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split('\t')).ToArray();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal("sandbox_crops_kenya_s2", row[1]));
        Assert.Equal(rows.Select(row => row[2]).OrderDescending(StringComparer.Ordinal), rows.Select(row => row[2]));
    }

    [Theory]
    [InlineData("json")]
    [InlineData("jsonl")]
    public async Task The_JSON_of_a_search_is_the_JSON_of_the_hub(string format)
    {
        var outcome = await hub.RunAsync("items", "search", "--id", "sandbox_crops_kenya_s2_tile_01_20190904", "--field", "properties.datetime", "--format", format);

        var item = JsonNode.Parse(outcome.Quietly().Output)!;
        item = item is JsonArray list ? list.Single()! : item;
        Assert.Equal(["datetime"], item["properties"]!.AsObject().Select(property => property.Key));
        Assert.Null(item["assets"]);
    }

    [Fact]
    public async Task A_search_shows_ten_items_and_says_that_there_are_more()
    {
        var outcome = await hub.RunAsync("items", "search");

        Assert.Equal(10, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal("the first 10 items; there are more: use --all for all items, or --limit N for the first N\n", outcome.Error);
        Assert.Equal(3, (await hub.RunAsync("items", "search", "--limit", "3")).Quietly().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task An_area_is_read_from_a_file()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["area.geojson"], """{"type":"Feature","geometry":{"type":"Point","coordinates":[0,0]},"properties":{}}""");

        Assert.Equal("", (await hub.RunAsync("items", "search", "--collection", "sandbox_crops_kenya_s2", "--intersects", directory["area.geojson"])).Quietly().Output);
        Assert.StartsWith("mlhub: --bbox and --intersects cannot be combined.", (await hub.RunAsync("items", "search", "--bbox", "1,2,3,4", "--intersects", directory["area.geojson"])).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await hub.RunAsync("items", "search", "--intersects", directory["none.geojson"])).ExitCode);
    }

    [Theory]
    [InlineData("--query", "[1]", "mlhub: --query: it must be a JSON object. See \"mlhub items search --help\".\n")]
    [InlineData("--query", "{", "mlhub: --query: it must be a JSON object. See \"mlhub items search --help\".\n")]
    [InlineData("--bbox", "1,2", "mlhub: --bbox: '1,2' is not a bounding box: write west,south,east,north in degrees, for example 34.2,0.1,34.4,0.5. See \"mlhub items search --help\".\n")]
    [InlineData("--collection", "", "mlhub: --collection must not be empty. See \"mlhub items search --help\".\n")]
    public async Task A_wrong_condition_is_wrong_usage(string option, string value, string message)
    {
        var outcome = await hub.RunAsync("items", "search", option, value);

        Assert.Equal((2, message), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public async Task A_wrong_filter_is_an_error_in_the_words_of_the_hub()
    {
        var outcome = await hub.RunAsync("items", "search", "--filter", "eo:cloud_cover <");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("The server said:", outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_hub_without_search_is_one_clear_sentence()
    {
        using var old = new FakeHub();

        var outcome = await old.RunAsync("items", "search");

        Assert.Equal((1, $"mlhub: the hub cannot search for items (404, {old.RootUrl}search). List the items of a collection instead, or check the root URL.\n"), (outcome.ExitCode, outcome.Error));
    }
}
