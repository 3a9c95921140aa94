using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MlHub.Cli.Tests;

/// <summary>Disks that are too small, run full, cannot be written or go away: one clear line, and a state that the next run goes on from.</summary>
public sealed class DiskTests : SurvivalTest
{
    private const int MiB = 1024 * 1024;
    private const double BytesPerSecond = 50e6;

    [SmallDiskFact]
    public async Task A_disk_that_is_too_small_is_reported_before_the_first_byte_with_both_sizes()
    {
        using var disk = SmallDisk.Mount(2 * MiB);
        await using var server = new MeteredServer(Bytes(8 * MiB), BytesPerSecond);

        var error = await FailAsync(server, disk.Path);

        var numbers = Regex.Match(error, "needs ([0-9]+) more bytes, and its disk has ([0-9]+) left");
        Assert.Equal(8 * MiB, Number(numbers.Groups[1]));
        Assert.InRange(Number(numbers.Groups[2]), 1 * MiB, 2 * MiB);
        Assert.Empty(Directory.GetFiles(disk.Path));
        Assert.Single(server.Requests);
    }

    [SmallDiskFact]
    public async Task A_disk_that_fills_up_is_reported_and_the_download_resumes_when_there_is_space()
    {
        // So small that no room is reserved for it before.
        const int Size = 900 * 1024;
        using var disk = SmallDisk.Mount(2 * MiB);
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.LimitTo(Size / 2);
        using var run = MlHubProcess.Download(server.Url, disk.Path);
        await RecordedAsync(disk);
        var hog = disk.Fill();
        server.LimitTo(long.MaxValue);

        var error = OneLine(await run.EndAsync());

        Assert.Contains("no space left on the disk", error, StringComparison.Ordinal);
        Assert.Contains("it resumes", error, StringComparison.Ordinal);
        Assert.False(File.Exists(FinalIn(disk)));
        File.Delete(hog);
        var requests = server.Requests.Count;
        await GoOnAsync(server, disk.Path);
        Assert.NotEqual("whole", server.Requests[requests]);
    }

    [SmallDiskFact]
    public async Task Space_that_was_reserved_at_the_start_cannot_be_used_by_another_file()
    {
        const int Size = 8 * MiB;
        using var disk = SmallDisk.Mount(12 * MiB);
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.LimitTo(Size / 2);
        using var run = MlHubProcess.Download(server.Url, disk.Path);
        await server.ServedAsync(Size / 2);
        var hog = disk.Fill();
        server.LimitTo(long.MaxValue);

        var exit = await run.EndAsync();

        // Its journal finds none any more: that would only matter if it were interrupted.
        Assert.True(exit.Code == 0, exit.Error);
        AssertWhole(server, disk.Path);
        Assert.Equal([FinalIn(disk), hog], Directory.GetFiles(disk.Path).Order());
    }

    [SmallDiskFact]
    public async Task A_file_of_unknown_length_that_does_not_fit_is_removed()
    {
        using var disk = SmallDisk.Mount(2 * MiB);
        await using var server = new MeteredServer(Bytes(8 * MiB), BytesPerSecond) { TellsLength = false };

        var error = await FailAsync(server, disk.Path);

        Assert.Contains("no space left on the disk", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(disk.Path));
    }

    [UnixTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_above_the_size_limit_is_reported_and_downloaded_when_the_limit_allows_it(bool tellsLength)
    {
        await using var server = new MeteredServer(Bytes(8 * MiB), BytesPerSecond) { TellsLength = tellsLength };

        // The limit is 2 or 4 MiB, depending on the shell. With W^X protection, .NET keeps its code in a file that would exceed it.
        const string Limited = "ulimit -f 4096; DOTNET_EnableWriteXorExecute=0 exec \"$@\"";
        string[] command = ["download", server.Url.AbsoluteUri, "--output", Output, "--no-fsync"];
        using var run = MlHubProcess.Run(["sh", "-c", Limited, "sh", .. MlHubProcess.CommandLine(command)]);

        var error = OneLine(await run.EndAsync());

        Assert.Contains("ulimit -f", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Final));
        await GoOnAsync(server, Output);
    }

    [SmallDiskFact]
    public async Task A_directory_that_cannot_be_written_is_reported()
    {
        using var disk = SmallDisk.Mount(2 * MiB, "ro");
        await using var server = new MeteredServer(Bytes(MiB), BytesPerSecond);

        var error = await FailAsync(server, disk.Path);

        Assert.Contains(disk.Path, error, StringComparison.Ordinal);
        Assert.Contains("read-only file system", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_disappears_is_reported_and_created_again_by_the_next_run()
    {
        const int Size = 8 * MiB;
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.LimitTo(Size / 2);
        using var run = MlHubProcess.Download(server.Url, Output);
        await server.ServedAsync(Size / 2);
        Directory.Move(Output, Output + "-moved");
        server.LimitTo(long.MaxValue);

        var error = OneLine(await run.EndAsync());

        Assert.Contains(Final, error, StringComparison.Ordinal);
        await GoOnAsync(server, Output);
    }

    [Fact]
    public async Task A_target_that_is_a_directory_is_reported_and_kept()
    {
        await using var server = new MeteredServer(Bytes(MiB), BytesPerSecond);
        Directory.CreateDirectory(Final);

        var error = await FailAsync(server, Output);

        Assert.Contains($"'{Final}' is a directory", error, StringComparison.Ordinal);
        Assert.Equal([Final], Directory.GetFileSystemEntries(Output));
    }

    private static int Number(Capture capture) => int.Parse(capture.Value, CultureInfo.InvariantCulture);

    private static string FinalIn(SmallDisk disk) => Path.Combine(disk.Path, "data.bin");

    private static async Task<string> FailAsync(MeteredServer server, string output)
    {
        using var run = MlHubProcess.Download(server.Url, output);
        return OneLine(await run.EndAsync());
    }

    private static string OneLine(MlHubExit exit)
    {
        Assert.Equal(1, exit.Code);
        Assert.Empty(exit.Output);
        var line = Assert.Single(exit.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("mlhub: ", line, StringComparison.Ordinal);
        return line;
    }

    // Bytes that were given may still be on their way: the test goes by what is on the disk.
    private static async Task RecordedAsync(SmallDisk disk)
    {
        for (var patience = Stopwatch.StartNew(); !File.Exists(FinalIn(disk) + ".mlhub-journal"); await Task.Delay(1))
        {
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1), "No journal was written.");
        }
    }

    private static async Task GoOnAsync(MeteredServer server, string output)
    {
        using var run = MlHubProcess.Download(server.Url, output);
        var exit = await run.EndAsync();

        Assert.True(exit.Code == 0, exit.Error);
        AssertWhole(server, output);
    }
}
