using System.Globalization;
using System.Text.Json;

namespace MlHub.Cli.Tests;

/// <summary>Several processes on one target at once: one of them fetches it, the others wait, and never two write.</summary>
public sealed class ManyProcessesTests : SurvivalTest
{
    private const int Size = 8_000_000;
    private const double BytesPerSecond = 20e6;

    // Runs a command, notes its number, and never asks how it ended, as the first process of many containers does not: killed, the command
    // stays in the list of processes.
    private const string NoUndertaker = """sh -c 'echo $$ > "$0"; exec "$@"' "$0" "$@" & exec sleep 1000""";

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public async Task One_of_many_processes_downloads_the_file_and_all_report_it(int count)
    {
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        var runs = Start(server, count);

        var exits = await EndAsync(runs);

        Assert.All(exits, exit => Assert.True(exit.Code == 0, exit.Error));
        Assert.Single(exits, exit => !Result(exit).GetProperty("skipped").GetBoolean());
        AssertWhole(server);
        AssertAlone();
    }

    [Fact]
    public async Task A_second_process_that_must_not_wait_fails_immediately_and_names_the_first()
    {
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.LimitTo(Size / 2);
        using var first = MlHubProcess.Download(server.Url, Output);
        await server.ServedAsync(Size / 2);

        using var second = MlHubProcess.Download(server.Url, Output, "--if-locked", "fail");
        var exit = await second.EndAsync();

        Assert.Equal(1, exit.Code);
        Assert.StartsWith($"mlhub: process {first.Id} on", exit.Error, StringComparison.Ordinal);
        Assert.Single(exit.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        server.LimitTo(long.MaxValue);
        Assert.Equal(0, (await first.EndAsync()).Code);
        AssertWhole(server);
    }

    [UnixFact]
    public async Task When_the_downloading_process_is_killed_another_one_continues()
    {
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.LimitTo(Size / 2);
        using var first = MlHubProcess.Download(server.Url, Output);
        await server.ServedAsync(Size / 2);
        var others = Start(server, 3);
        await Task.WhenAll(others.Select(run => run.SaysAsync($"waiting for process {first.Id}")));

        first.Kill();
        server.LimitTo(long.MaxValue);
        var exits = await EndAsync(others);

        Assert.All(exits, exit => Assert.True(exit.Code == 0, exit.Error));
        var fetched = Assert.Single(exits.Select(Result), result => !result.GetProperty("skipped").GetBoolean());
        Assert.True(fetched.GetProperty("resumedFrom").GetInt64() > 0, "It did not go on from what the killed one had fetched.");
        AssertWhole(server);
        AssertAlone();
    }

    [UnixFact]
    public async Task The_lock_of_a_zombie_process_is_stale()
    {
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.LimitTo(Size / 2);
        using var parent = MlHubProcess.Run(["sh", "-c", NoUndertaker, NumberFile, .. MlHubProcess.CommandLine("download", server.Url.AbsoluteUri, "--output", Output)]);
        await server.ServedAsync(Size / 2);
        MlHubProcess.Kill(int.Parse(await File.ReadAllTextAsync(NumberFile), CultureInfo.InvariantCulture));

        server.LimitTo(long.MaxValue);
        using var next = MlHubProcess.Download(server.Url, Output);
        var exit = await next.EndAsync();

        Assert.True(exit.Code == 0, exit.Error);
        AssertWhole(server);
        AssertAlone();
    }

    private string NumberFile => Path.Combine(Path.GetDirectoryName(Output)!, "number");

    private static JsonElement Result(MlHubExit exit) => JsonDocument.Parse(exit.Output).RootElement[0];

    private static async Task<MlHubExit[]> EndAsync(MlHubProcess[] runs)
    {
        var exits = await Task.WhenAll(runs.Select(run => run.EndAsync()));
        Array.ForEach(runs, run => run.Dispose());
        return exits;
    }

    private MlHubProcess[] Start(MeteredServer server, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => MlHubProcess.Download(server.Url, Output, "--format", "json"))];
}
