namespace MlHub.Cli.Tests;

/// <summary>How the command shows entities with invalid properties.</summary>
public sealed class InvalidEntitiesTests
{
    private const string InvalidItem = """{"id":"odd","bbox":[],"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]},"properties":{"datetime":"2016-12-31T23:59:60Z"},"assets":7}""";

    [Theory]
    [InlineData("json", $"[\n{InvalidItem}\n]\n")]
    [InlineData("jsonl", $"{InvalidItem}\n")]
    [InlineData("table", "odd\t2016-12-31T23:59:59.9999999Z\t\t0\n")]
    public async Task An_item_with_invalid_properties_is_listed_in_every_format(string format, string expected)
    {
        using var hub = new FakeHub().Answers("collections/c/items", $$"""{"features":[{{InvalidItem}}]}""");

        Assert.Equal(expected, (await hub.RunAsync("items", "list", "c", "--format", format)).Quietly().Output);
    }

    [Fact]
    public async Task A_bare_NaN_is_null()
    {
        using var hub = new FakeHub().Answers("collections/c/items", """{"features":[{"id":"a","nodata":NaN}]}""");

        Assert.Equal("{\"id\":\"a\",\"nodata\":null}\n", (await hub.RunAsync("items", "list", "c", "--format", "jsonl")).Quietly().Output);
    }

    [Fact]
    public async Task An_entity_without_an_id_is_skipped_with_a_warning()
    {
        using var hub = new FakeHub().Answers("datasets", """[{"id":"a"},{"title":"b"},{"id":"c"}]""");

        var outcome = await hub.RunAsync("datasets", "list", "--format", "jsonl");

        Assert.Equal((0, "{\"id\":\"a\"}\n{\"id\":\"c\"}\n"), (outcome.ExitCode, outcome.Output));
        Assert.Equal($"mlhub: warning: an entity without an id was skipped: [1] of {hub.RootUrl}datasets.", Assert.Single(outcome.ErrorLines));
    }

    [Theory]
    [InlineData("--bbox=0,0,1,1", "1 of 2 items have neither a bbox nor a geometry in degrees")]
    [InlineData("--datetime=2020-01-01", "1 of 2 items have no valid time")]
    public async Task Items_that_a_filter_cannot_evaluate_are_counted(string filter, string says)
    {
        using var hub = new FakeHub().Answers(
            "collections/c/items", """{"features":[{"id":"a","bbox":[0,0,1,1],"properties":{"datetime":"2020-01-01T00:00:00Z"}},{"id":"b"}]}""");

        var outcome = await hub.RunAsync("items", "list", "c", "--format", "table", filter);

        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith("a\t", Assert.Single(outcome.Lines), StringComparison.Ordinal);
        Assert.StartsWith($"mlhub: warning: {says}", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        (await hub.RunAsync("items", "list", "c", filter, "--quiet")).Quietly();
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_to_its_end_is_an_error_after_the_readable_part()
    {
        using var hub = new FakeHub().Answers("collections/c/items", """{"features":[{"id":"a"}],"links":[{"rel":"next"}]}""");

        var outcome = await hub.RunAsync("items", "list", "c", "--all", "--format", "jsonl");

        Assert.Equal((1, "{\"id\":\"a\"}\n"), (outcome.ExitCode, outcome.Output));
        Assert.Equal(
            $"mlhub: the next link of the page {hub.RootUrl}collections/c/items has no http address: the list cannot be read to its end.",
            Assert.Single(outcome.ErrorLines));
    }
}
