using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace MlHub.Cli.Tests;

/// <summary>SIGKILL at random moments: between any two instructions of the command, its start, its journal, its last rename included.</summary>
public sealed class KillTests(ITestOutputHelper log) : SurvivalTest
{
    private const int Size = 72_000_000;
    private const double BytesPerSecond = 24e6;

    // Enough to be killed in the middle of several times, and again at every part of the file.
    private const int MostPerRun = Size / 20;
    private const double MostLostInMedian = 0.02;
    private const int Kills = 200;
    private const string SeedVariable = "MLHUB_TEST_KILL_SEED";
    private static readonly TimeSpan LongestLastMoment = TimeSpan.FromMilliseconds(150);

    private readonly List<double> _lost = [];
    private int _kills;
    private int _wholes;

    [UnixFact]
    public async Task A_download_killed_200_times_resumes_each_time_and_never_leaves_an_incomplete_file()
    {
        var random = new Random(Seed());
        var time = Stopwatch.StartNew();
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        while (_kills < Kills)
        {
            await DownloadUnderFireAsync(server, random);
            server.Forget();
            Directory.Delete(Output, recursive: true);
        }

        _lost.Sort();
        var median = _lost[_lost.Count / 2];
        log.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_kills} kills, {_wholes} whole files in {time.Elapsed.TotalSeconds:0} s. Fetched again after a kill: median {median:P2} of the file, mean {_lost.Average():P2}, most {_lost[^1]:P2}."));
        Assert.InRange(median, 0, MostLostInMedian);
    }

    // The moments of a run that failed come again when it is given the same.
    private int Seed()
    {
        var seed = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : Environment.TickCount;
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{SeedVariable}={seed}"));
        return seed;
    }

    /// <summary>Starts and kills the command until a run gets through.</summary>
    private async Task DownloadUnderFireAsync(MeteredServer server, Random random)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var hadJournal = File.Exists(Journal);
            var (requests, again) = (server.Requests.Count, server.ServedAgain);
            var exit = await RunUnderFireAsync(server, random);
            var isResumable = hadJournal && server.Requests.Count > requests;
            Assert.False(isResumable && server.Requests[requests] == "whole", "It had a journal, and began from the start.");
            if (!isFirst && server.Requests.Count > requests)
            {
                _lost.Add((server.ServedAgain - again) / (double)Size);
            }

            if (File.Exists(Final))
            {
                // A file under its final name is complete, even if the kill came immediately after the rename.
                AssertWhole(server);
                _wholes++;
                _kills += exit.Code == MlHubExit.Killed ? 1 : 0;
                return;
            }

            Assert.Equal(MlHubExit.Killed, exit.Code);
            _kills++;
        }
    }

    private async Task<MlHubExit> RunUnderFireAsync(MeteredServer server, Random random)
    {
        // Beyond its moment it gets little more, however late the kill may come.
        var moment = server.Served + random.Next(MostPerRun);
        server.LimitTo(moment + (Size / 100));
        var asked = server.RequestedAsync(server.Requests.Count + 1);
        using var run = MlHubProcess.Download(server.Url, Output);
        var ended = run.EndAsync();
        if (_kills < Kills)
        {
            await Task.WhenAny(ended, server.ServedAsync(moment), LastMomentAsync(server, asked, random));
            run.Kill();
        }

        server.LimitTo(long.MaxValue);
        return await ended;
    }

    // When all has been given, only verifying, flushing and renaming are left to be killed in: three times of four it is.
    private static async Task LastMomentAsync(MeteredServer server, Task asked, Random random)
    {
        var (isSpared, moment) = (random.Next(4) == 0, LongestLastMoment * random.NextDouble());
        await asked;
        await server.GivenWholeAsync();
        await Task.Delay(isSpared ? Timeout.InfiniteTimeSpan : moment);
    }
}
