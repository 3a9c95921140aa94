using System.Text.Json.Nodes;
using Snapshooter.Xunit;

namespace MlHub.Cli.Tests;

public sealed class JsonTests(SandboxFixture hub) : IClassFixture<SandboxFixture>
{
    // Unknown fields, nulls, digits that no double holds, a doubled name, escapes, spaces in strings and between tokens.
    private const string Odd =
        """{ "id" : "odd", "collections":[ ], "z": null, "a": 1.0, "big": 12345678901234567890.1200, "e": 1E400, "a": -0.0, "t": " \"a b\\ \u00e9 é\t{ } ", "deep": {"x": [1, [ ]] } }""";

    private const string OddOnALine =
        """{"id":"odd","collections":[],"z":null,"a":1.0,"big":12345678901234567890.1200,"e":1E400,"a":-0.0,"t":" \"a b\\ \u00e9 é\t{ } ","deep":{"x":[1,[]]}}""";

    [Fact]
    public async Task A_single_result_is_exactly_the_JSON_of_the_server()
    {
        using var fake = new FakeHub().Answers("datasets/odd", Odd);

        Assert.Equal(Odd + "\n", (await fake.RunAsync("datasets", "show", "odd", "--format", "json")).Quietly().Output);
    }

    [Fact]
    public async Task Json_lines_remove_only_white_space()
    {
        using var fake = new FakeHub().Answers("datasets", $"[{Odd},\n{Odd.Replace("\" : ", "\":\r\n\t", StringComparison.Ordinal)}]");

        Assert.Equal($"{OddOnALine}\n{OddOnALine}\n", (await fake.RunAsync("datasets", "list", "--format", "jsonl")).Quietly().Output);
    }

    [Theory]
    [InlineData("json", "datasets", "list")]
    [InlineData("jsonl", "datasets", "list")]
    [InlineData("json", "datasets", "show", "odd")]
    [InlineData("jsonl", "datasets", "show", "odd")]
    public async Task Harmful_characters_in_strings_are_written_as_equivalent_escapes(string format, params string[] command)
    {
        const string Raw = "a\u007f\u0085\u009b31m\u2028\u2029\u202e\u2066é";
        const string Escaped = """a\u007f\u0085\u009b31m\u2028\u2029\u202e\u2066é""";
        var thing = $$"""{"id":"odd","title":"{{Raw}}","collections":[]}""";
        using var fake = new FakeHub().Answers("datasets", $"[{thing}]").Answers("datasets/odd", thing);

        var output = (await fake.RunAsync([.. command, "--format", format])).Quietly().Output;

        var read = JsonNode.Parse(output)!;
        Assert.Contains($"\"{Escaped}\"", output, StringComparison.Ordinal);
        Assert.Equal(Raw, (string?)(read is JsonArray list ? list[0]! : read)["title"]);
    }

    [Fact]
    public async Task The_JSON_of_downloads_contains_no_raw_control_characters()
    {
        using var directory = new TemporaryDirectory();
        var output = directory["a\u009b31m\u202eb"];

        var outcome = await hub.RunAsync("archives", "download", "sandbox_crops_kenya_s2", "-o", output, "--format", "jsonl");

        Assert.Contains("""a\u009b31m\u202eb""", outcome.Quietly().Output, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith(output, (string?)JsonNode.Parse(outcome.Output)!["path"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_an_array_of_the_servers_JSON()
    {
        using var fake = new FakeHub().Answers("datasets", $"[{Odd},{Odd}]");

        Assert.Equal($"[\n{Odd},\n{Odd}\n]\n", (await fake.RunAsync("datasets", "list", "--format", "json")).Quietly().Output);
    }

    [Theory]
    [InlineData("json", "[]\n")]
    [InlineData("jsonl", "")]
    [InlineData("table", "")]
    public async Task An_empty_list_is_empty_in_every_format(string format, string expected)
    {
        using var fake = new FakeHub().Answers("datasets", "[]");

        Assert.Equal(expected, (await fake.RunAsync("datasets", "list", "--format", format)).Quietly().Output);
    }

    [Theory]
    [InlineData("datasets list")]
    [InlineData("datasets show sandbox_crops_kenya")]
    [InlineData("collections show sandbox_crops_kenya_s2")]
    [InlineData("items list sandbox_crops_kenya_s2 --limit 2")]
    [InlineData("models list")]
    [InlineData("archives info sandbox_crops_kenya_s2")]
    [InlineData("catalogs info sandbox_crops_kenya")]
    public async Task The_sandbox_is_printed_as_JSON(string command)
    {
        var outcome = await hub.RunAsync([.. command.Split(' '), "--format", "json"]);

        Snapshot.Match(hub.WithoutPort(outcome.Quietly().Output), $"Json.{command}");
    }

    [Fact]
    public async Task Options_can_come_before_or_after_the_command()
    {
        var after = await Mlhub.RunAsync("datasets", "list", "--format", "jsonl", "--root-url", hub.RootUrl.AbsoluteUri, "--api-key", Mlhub.Key);
        var before = await Mlhub.RunAsync("--root-url", hub.RootUrl.AbsoluteUri, "--format=jsonl", "--api-key", Mlhub.Key, "datasets", "list");
        var between = await Mlhub.RunAsync("--api-key", Mlhub.Key, "datasets", "--format", "jsonl", "list", "--root-url", hub.RootUrl.AbsoluteUri);

        Assert.Equal(5, after.Quietly().Lines.Length);
        Assert.Equal(after, before);
        Assert.Equal(after, between);
    }

    [Fact]
    public async Task Items_are_limited_filtered_and_paged_as_requested()
    {
        const string S2 = "sandbox_crops_kenya_s2";

        Assert.Equal(10, (await hub.RunAsync("items", "list", S2, "--quiet")).Quietly().Lines.Length);
        Assert.Equal(3, (await hub.RunAsync("items", "list", S2, "--limit", "3", "--page-size", "2")).Quietly().Lines.Length);
        Assert.Equal(24, (await hub.RunAsync("items", "list", S2, "--all", "--page-size", "7")).Quietly().Lines.Length);
        Assert.Equal("", (await hub.RunAsync("items", "list", S2, "--limit", "0")).Quietly().Output);
        Assert.Equal("", (await hub.RunAsync("items", "list", S2, "--all", "--bbox", "-10,-10,-5,-5")).Quietly().Output);
        Assert.NotEmpty((await hub.RunAsync("items", "list", S2, "--all", "--bbox", "34.2,0.16,34.21,0.17")).Quietly().Output);
        Assert.NotEmpty((await hub.RunAsync("items", "list", S2, "--all", "--datetime", "2019-09-01/2019-09-30")).Quietly().Output);
        Assert.Equal("", (await hub.RunAsync("items", "list", S2, "--all", "--datetime", "../2000-01-01")).Quietly().Output);
    }

    [Theory]
    [InlineData("jsonl", "there are more")]
    [InlineData("table", "there are more")]
    [InlineData("jsonl", "there may be more", "--datetime", "2019-01-01/..")]
    public async Task Ten_items_are_listed_with_a_note_on_how_to_get_the_others(string format, string more, params string[] filter)
    {
        var outcome = await hub.RunAsync(["items", "list", "sandbox_crops_kenya_s2", "--format", format, .. filter]);

        Assert.Equal(10, outcome.Lines.Length);
        Assert.Equal((0, $"the first 10 items; {more}: use --all for all items, or --limit N for the first N\n"), (outcome.ExitCode, outcome.Error));
    }

    [Theory]
    [InlineData("sandbox_crops_kenya_s2", "--limit", "10")]
    [InlineData("sandbox_crops_kenya_s2", "--all")]
    [InlineData("sandbox_crops_kenya_labels")]
    public async Task No_note_about_more_items_is_written_if_there_are_none_or_a_limit_was_given(params string[] args)
    {
        Assert.NotEmpty((await hub.RunAsync(["items", "list", .. args])).Quietly().Lines);
    }
}
