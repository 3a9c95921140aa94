using System.Text.Json.Nodes;

namespace MlHub.Cli.Tests;

/// <summary>A program that reads the JSON learns what failed, and does not have to read standard error.</summary>
public sealed class FailedDownloadJsonTests(SandboxFixture hub) : IClassFixture<SandboxFixture>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_JSON_of_several_downloads_has_what_came_and_what_failed()
    {
        var outcome = await hub.RunAsync("archives", "download", "nope", "sandbox_crops_kenya_s1", "--output", _directory.Path, "--format", "json");

        var records = JsonNode.Parse(outcome.Output)!.AsArray();
        Assert.Equal(5, outcome.ExitCode);
        Assert.Equal(("nope", true), ((string?)records[0]!["id"], ((string?)records[0]!["error"])!.Contains("404", StringComparison.Ordinal)));
        Assert.Equal(_directory["sandbox_crops_kenya_s1.tar.gz"], (string?)records[1]!["path"]);
        Assert.Equal(2, records.Count);
    }

    [Fact]
    public async Task The_JSON_of_a_dataset_names_each_archive_that_failed()
    {
        var outcome = await hub.RunAsync("datasets", "download", SandboxFixture.HalfDataset, "--output", _directory.Path, "--format", "jsonl");

        var records = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(5, outcome.ExitCode);
        Assert.NotNull(Assert.Single(records, record => record["id"] is not null)["error"]);
        Assert.Single(records, record => record["path"] is not null);
    }

    [Theory]
    [InlineData("archives", "download", "nope")]
    [InlineData("models", "download", "nope", "nope2")]
    public async Task Downloads_that_all_failed_have_only_failures_in_the_JSON(params string[] command)
    {
        var outcome = await hub.RunAsync([.. command, "--output", _directory.Path, "--format", "json"]);

        Assert.Equal(4, outcome.ExitCode);
        Assert.Equal(command.Skip(2), JsonNode.Parse(outcome.Output)!.AsArray().Select(record => (string?)record!["id"]));
    }

    [Fact]
    public async Task A_failed_address_is_in_the_JSON_and_once_in_the_message()
    {
        using var server = new FakeHub();

        var one = await Mlhub.RunAsync("download", $"{server.RootUrl}a?sig=s3cret", "--output", _directory.Path, "--format", "json");
        var two = await Mlhub.RunAsync("download", $"{server.RootUrl}a", $"{server.RootUrl}b", "--output", _directory.Path, "--format", "jsonl");

        Assert.Equal($"{server.RootUrl}a", (string?)JsonNode.Parse(one.Output)!.AsArray().Single()!["url"]);
        Assert.DoesNotContain("s3cret", one.Output + one.Error, StringComparison.Ordinal);
        Assert.Equal(2, two.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains($"mlhub: {server.RootUrl}a does not exist (404).", two.Error, StringComparison.Ordinal);
        Assert.Equal(2, two.Error.Split($"{server.RootUrl}a").Length);
    }
}
