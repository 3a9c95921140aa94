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
    public async Task A_terminal_shows_units_and_a_pipe_gets_bytes()
    {
        var list = (await hub.RunAsync("datasets", "list", "--sizes")).Quietly();
        var shown = (await hub.RunAsync("datasets", "show", SandboxFixture.HalfDataset)).Quietly();
        var listOfPeople = (await hub.RunAsync(Mlhub.Terminal, "datasets", "list", "--sizes")).Quietly();
        var shownToPeople = (await hub.RunAsync(Mlhub.Terminal, "datasets", "show", SandboxFixture.HalfDataset)).Quietly();

        Assert.All(list.Lines, line => Assert.Matches(@"\t[0-9]+$", line));
        Assert.Matches(@"\nSize\t[0-9]+\n", shown.Output);
        Assert.Matches(@" [0-9.]+ [kM]B", listOfPeople.Output);
        Assert.Matches(@"Size +[0-9.]+ [kM]B \([0-9]+ bytes\)", shownToPeople.Output);
        Assert.Contains("sandbox_storms_pacific_forecast", Assert.Single(shown.Lines, line => line.EndsWith("no archive)", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_of_unknown_size_is_not_shown_as_missing()
    {
        using var directory = new TemporaryDirectory();
        using var fake = new FakeHub()
            .Answers("datasets/d", """{"id": "d", "collections": [{"id": "c"}, {"id": "none"}]}""")
            .Answers("archive/c/info", """{"collection": "c"}""")
            .Answers("archive/none/info", """{"detail": "There is no archive."}""", status: 404);

        var shown = await fake.RunAsync("datasets", "show", "d");
        var dry = await fake.RunAsync("datasets", "download", "d", "--dry-run", "--format", "jsonl", "-o", directory.Path);

        Assert.Equal("ID\td\nCollection\tc (size unknown)\nCollection\tnone (no archive)\n", shown.Quietly().Output);
        Assert.Equal("""{"id":"d","files":1,"bytes":0,"filesOfUnknownSize":1}""", Assert.Single(dry.Lines));
        Assert.Equal("mlhub: none: the collection has no archive", dry.ErrorLines[0]);
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
