using Microsoft.Extensions.Time.Testing;
using MlHub.Sdk;

namespace MlHub.Cli.Tests;

public sealed class ProgressDisplayTests : IDisposable
{
    private static readonly DownloadProgress Half = new()
    {
        Path = "/data/file.tar.gz",
        Phase = DownloadPhase.Downloading,
        BytesDone = 500_000,
        TotalBytes = 1_000_000,
        BytesPerSecond = 100_000,
        TimeLeft = TimeSpan.FromSeconds(5),
    };

    private readonly FakeTimeProvider _clock = new();
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public void Dispose() => _error.Dispose();

    [Fact]
    public async Task Without_a_terminal_a_plain_line_is_written_every_ten_seconds()
    {
        await using var run = Run(Mlhub.Pipe);
        using var display = ProgressDisplay.For(run, always: true)!;

        display.Report(Half);
        Assert.Equal("", _error.ToString());
        _clock.Advance(TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(10));

        const string First = "progress: 0 of 1 file, 500 kB of 1 MB (50%), ";
        Assert.Equal($"{First}0 B/s\n{First}0 B/s\n", _error.ToString());
    }

    [Fact]
    public async Task Without_a_terminal_progress_is_shown_only_on_request()
    {
        await using var run = Run(Mlhub.Pipe);
        await using var quiet = Run(Mlhub.Pipe, "--quiet");

        Assert.Null(ProgressDisplay.For(run, always: false));
        Assert.Null(ProgressDisplay.For(quiet, always: true));
    }

    [Fact]
    public async Task A_warning_is_written_above_the_progress_which_is_redrawn()
    {
        await using var run = Run(Mlhub.Terminal);
        using var display = ProgressDisplay.For(run, always: false)!;
        display.Report(Half);
        var line = _error.ToString();

        run.Messages.Warning("the disk is slow");
        _clock.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal($"{line}\r\u001b[1A\u001b[Jmlhub: warning: the disk is slow\n{line}", _error.ToString());
    }

    [Fact]
    public async Task Closing_the_terminal_is_not_an_error()
    {
        var terminal = new GoneTerminal();
        await using var run = Run(Mlhub.Terminal with { Error = terminal });
        using var display = ProgressDisplay.For(run, always: false)!;

        display.Report(Half);
        _clock.Advance(TimeSpan.FromSeconds(1));
        run.Messages.Warning("nobody reads this");

        Assert.Equal(2, terminal.Tries);
    }

    private CommandRun Run(CommandEnvironment environment, params string[] options)
    {
        var factory = new CommandFactory(environment with { Clock = _clock, Error = environment.Error == TextWriter.Null ? _error : environment.Error });
        return new CommandRun(MlHubCommand.Root(factory).Parse(["download", "http://127.0.0.1/", .. options]), factory);
    }

    private sealed class GoneTerminal : TextWriter
    {
        public int Tries { get; private set; }

        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(string? value) => Fail();

        public override void WriteLine(string? value) => Fail();

        private void Fail()
        {
            Tries++;
            throw new IOException("Input/output error");
        }
    }
}
