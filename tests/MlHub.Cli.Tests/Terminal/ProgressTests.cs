using System.Text.RegularExpressions;

namespace MlHub.Cli.Tests;

/// <summary>Progress on a real terminal, which <c>script</c> of util-linux makes.</summary>
public sealed class ProgressTests : IDisposable
{
    private static readonly byte[] File = RandomNumbers(2_000_000);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [UnixTheory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(200)]
    public async Task Progress_fits_the_terminal(int columns)
    {
        await using var server = new MeteredServer(File);
        server.LimitTo(1_015_000);
        using var terminal = Start(server, columns);

        var halfway = await terminal.SeesAsync("50%");
        server.LimitTo(long.MaxValue);
        var (exitCode, output) = await terminal.EndAsync();

        Assert.True(exitCode == 0, output);
        Assert.Contains("data", halfway, StringComparison.Ordinal);
        Assert.Contains("B/s", output, StringComparison.Ordinal);
        foreach (var line in Frames(output))
        {
            Assert.InRange(line.Length, 0, columns - 1);
        }
    }

    [UnixFact]
    public async Task Progress_is_redrawn_after_a_resize()
    {
        await using var server = new MeteredServer(File);
        server.LimitTo(1_015_000);
        using var terminal = Start(server, 200);
        await terminal.SeesAsync("50%");

        await terminal.ResizeAsync(40);

        // The old line of 157 columns takes four rows of the narrow terminal.
        await terminal.SeesAsync("\u001b[4A\u001b[J");
        server.LimitTo(long.MaxValue);
        var (exitCode, output) = await terminal.EndAsync();
        Assert.True(exitCode == 0, output);
        Assert.All(Frames(output[output.IndexOf("\u001b[4A", StringComparison.Ordinal)..]), line => Assert.InRange(line.Length, 0, 39));
    }

    [UnixFact]
    public async Task Closing_the_terminal_does_not_stop_a_download()
    {
        await using var server = new MeteredServer(File);
        server.LimitTo(1_015_000);
        using var terminal = Start(server, 80, prefix: "trap '' HUP; ");
        await terminal.SeesAsync("50%");

        terminal.Close();
        server.LimitTo(long.MaxValue);
        await server.GivenWholeAsync();

        // The command goes on alone, and says how it ended in a file.
        using var waiting = MlHubProcess.Run(["sh", "-c", $"read code < '{_directory["ended"]}'; echo $code"]);
        Assert.Equal("1\n", (await waiting.EndAsync()).Output);
        Assert.Equal(File, await System.IO.File.ReadAllBytesAsync(_directory["data.bin"]));
    }

    private TerminalProcess Start(MeteredServer server, int columns, string prefix = "")
    {
        using var made = System.Diagnostics.Process.Start("mkfifo", [_directory["ended"]]);
        made.WaitForExit();
        var command = string.Join(' ', MlHubProcess.CommandLine("download", server.Url.AbsoluteUri, "--output", _directory.Path, "--no-fsync").Select(word => $"'{word}'"));
        return TerminalProcess.Start($"{prefix}stty cols {columns}; tty; {command}; code=$?; " + (prefix.Length > 0 ? $"echo $code > '{_directory["ended"]}'" : "exit $code"));
    }

    private static IEnumerable<string> Frames(string output) =>
        Regex.Replace(output, "\u001b(\\[[?0-9;]*[A-Za-z]|[=>])", "\n").Split('\n', '\r').Where(line => line.Contains('%', StringComparison.Ordinal));

    private static byte[] RandomNumbers(int count)
    {
        var bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}
