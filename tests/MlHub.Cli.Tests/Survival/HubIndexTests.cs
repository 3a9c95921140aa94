namespace MlHub.Cli.Tests;

/// <summary>An index that was being built when the process was killed, or when the disk was full: the next start serves everything, or says why not.</summary>
public sealed class HubIndexTests
{
    private const int Items = 1600;

    [Theory]
    [InlineData(250)]
    [InlineData(350)]
    [InlineData(450)]
    [InlineData(550)]
    public async Task Killed_while_it_indexes_the_next_start_has_every_item(int milliseconds)
    {
        using var directory = new TemporaryDirectory();
        ItemTree.Write(directory.Path, "first", Items / 4);
        Assert.Contains($"\t{Items / 4}\t", await CheckAsync(directory.Path), StringComparison.Ordinal);
        ItemTree.Write(directory.Path, "second", Items);
        using (var run = MlHubProcess.Start("serve", directory.Path, "--check"))
        {
            // At whatever point it is then.
            await Task.WhenAny(run.EndAsync(), Task.Delay(milliseconds));
            run.Kill();
        }

        var served = await CheckAsync(directory.Path);

        Assert.Contains($"\t{Items / 4}\t", served, StringComparison.Ordinal);
        Assert.Contains($"\t{Items}\t", served, StringComparison.Ordinal);
        Assert.Equal(["index.db"], Directory.EnumerateFiles(Path.Combine(directory.Path, ".mlhub")).Select(Path.GetFileName));
    }

    [SmallDiskFact]
    public async Task A_full_disk_is_one_clear_line_and_the_old_index_stays()
    {
        using var directory = new TemporaryDirectory();
        using var disk = SmallDisk.Mount(1024 * 1024);
        ItemTree.Write(directory.Path, "first", 20);
        Assert.Contains("\t20\t", await CheckAsync(directory.Path, "--index", disk.Path), StringComparison.Ordinal);
        var before = await File.ReadAllBytesAsync(Path.Combine(disk.Path, "index.db"));
        ItemTree.Write(directory.Path, "second", 3 * Items);

        using var run = MlHubProcess.Start("serve", directory.Path, "--check", "--index", disk.Path);
        var exit = await run.EndAsync();

        Assert.Equal(1, exit.Code);
        Assert.Equal("", exit.Output);
        Assert.Contains("Free some space, or choose another folder for the index.", Assert.Single(exit.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(disk.Path, "index.db")));
        Assert.Equal(["index.db"], Directory.EnumerateFiles(disk.Path).Select(Path.GetFileName));
    }

    private static async Task<string> CheckAsync(params IEnumerable<string> arguments)
    {
        using var run = MlHubProcess.Start(["serve", "--check", .. arguments]);
        var exit = await run.EndAsync();
        Assert.True(exit.Code == 0, exit.Error);
        return exit.Output;
    }
}
