using System.Text.Json;

namespace MlHub.Cli.Tests;

public sealed class SizesTests(SandboxFixture hub) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task Json_has_the_sizes_of_all_archives_in_bytes()
    {
        var list = JsonDocument.Parse((await hub.RunAsync("datasets", "list", "--sizes", "--format", "json")).Quietly().Output).RootElement;
        var half = list.EnumerateArray().Single(dataset => dataset.GetProperty("id").GetString() == SandboxFixture.HalfDataset);
        var shown = JsonDocument.Parse((await hub.RunAsync("datasets", "show", SandboxFixture.HalfDataset, "--sizes", "--format", "jsonl")).Quietly().Output).RootElement;

        Assert.Equal(JsonValueKind.Null, half.GetProperty("archive_sizes").GetProperty("sandbox_storms_pacific_forecast").ValueKind);
        Assert.Equal(
            half.GetProperty("archive_sizes").EnumerateObject().Where(size => size.Value.ValueKind == JsonValueKind.Number).Sum(size => size.Value.GetInt64()),
            half.GetProperty("archive_size").GetInt64());
        Assert.True(JsonElement.DeepEquals(half, shown));
    }

    [Fact]
    public async Task Without_the_option_sizes_the_JSON_is_that_of_the_API()
    {
        var output = (await hub.RunAsync("datasets", "show", SandboxFixture.Dataset, "--format", "json")).Quietly().Output;

        Assert.DoesNotContain("archive_size", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_has_units()
    {
        var list = (await hub.RunAsync("datasets", "list", "--sizes")).Quietly();
        var shown = (await hub.RunAsync("datasets", "show", SandboxFixture.HalfDataset)).Quietly();

        Assert.All(list.Lines, line => Assert.Matches(@"\t[0-9.]+ [kM]B$", line));
        Assert.Matches(@"Size\t[0-9.]+ [kM]B \([0-9]+ bytes\)", shown.Output);
        Assert.Contains("sandbox_storms_pacific_forecast", Assert.Single(shown.Lines, line => line.EndsWith("no archive)", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_is_shown_without_sizes_if_they_are_refused()
    {
        using var fake = new FakeHub()
            .Answers("datasets/d", """{"id": "d", "collections": [{"id": "c", "types": ["labels"]}]}""")
            .Answers("archive/c/info", """{"detail": "Not for you."}""", status: 403);

        var outcome = await fake.RunAsync("datasets", "show", "d");

        Assert.Equal((0, "ID\td\nCollection\tc (labels)\n"), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("the sizes of the archives are unknown: ", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }
}
