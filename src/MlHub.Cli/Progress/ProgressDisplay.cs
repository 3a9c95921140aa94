using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>
/// Shows progress while downloads run: some lines at the bottom of the terminal that are drawn again and again, or, without a terminal, a line now and then.
/// </summary>
/// <remarks>A terminal can go away while a command runs. Then nothing more is shown, and the downloads continue.</remarks>
internal sealed class ProgressDisplay : IProgress<DownloadProgress>, IDisposable
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan NowAndThen = TimeSpan.FromSeconds(10);

    // Of several hundred files only some are downloaded at the same time, and a small terminal must hold all lines.
    private const int MostFiles = 8;

    private readonly Lock _lock = new();
    private readonly CommandRun _run;
    private readonly Transfers _transfers;
    private readonly Action<string> _sink;
    private readonly ITimer _timer;
    private readonly PosixSignalRegistration? _resized;
    private string[] _drawn = [];
    private int _begun;
    private bool _ended;

    private ProgressDisplay(CommandRun run)
    {
        _run = run;
        _transfers = new Transfers(run.Environment.Clock);
        _sink = run.Messages.Sink;
        if (run.ShowsProgress)
        {
            run.Messages.Sink = WriteAbove;
            _timer = run.Environment.Clock.CreateTimer(_ => Draw(), null, Redraw, Redraw);
            _resized = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Draw());
        }
        else
        {
            _timer = run.Environment.Clock.CreateTimer(_ => WriteLine(), null, NowAndThen, NowAndThen);
        }
    }

    /// <summary>The display of a run; null if it shows no progress.</summary>
    /// <param name="run">The run.</param>
    /// <param name="always">Whether progress is wanted even without a terminal.</param>
    public static ProgressDisplay? For(CommandRun run, bool always) => run.ShowsProgress || (always && !run.Messages.Quiet) ? new ProgressDisplay(run) : null;

    public void Report(DownloadProgress value)
    {
        _transfers.Report(value);

        // The first line comes at once, so that nobody wonders whether anything happens.
        if (_run.ShowsProgress && value.Path is not null && Interlocked.Exchange(ref _begun, 1) == 0)
        {
            Draw();
        }
    }

    public void Dispose()
    {
        _resized?.Dispose();
        _timer.Dispose();
        lock (_lock)
        {
            TryWrite(Erase());
            _ended = true;
            _run.Messages.Sink = _sink;
        }
    }

    private void WriteLine()
    {
        var (_, total, count) = _transfers.Now();
        if (count > 0)
        {
            _run.Messages.Note(ProgressLine.Plain(total));
        }
    }

    private void WriteAbove(string line)
    {
        lock (_lock)
        {
            TryWrite(Erase());
            _sink(line);
        }
    }

    private void Draw()
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            var width = _run.Environment.Width();
            var frame = new StringBuilder(Erase());
            _drawn = Lines(width);
            foreach (var line in _drawn)
            {
                frame.Append(line).Append('\n');
            }

            if (frame.Length > 0)
            {
                TryWrite(frame.ToString());
            }
        }
    }

    private string[] Lines(int width)
    {
        var (files, total, count) = _transfers.Now();
        return [.. files.Take(MostFiles).Select(file => ProgressLine.Of(file, width)), .. count > 1 ? [ProgressLine.Of(total, width)] : Array.Empty<string>()];
    }

    /// <summary>Takes away what was drawn. A terminal that became narrower shows a line in several rows.</summary>
    private string Erase()
    {
        var width = Math.Max(_run.Environment.Width(), 1);
        var rows = _drawn.Sum(line => Math.Max(1, (TextWidth.Of(line) + width - 1) / width));
        _drawn = [];
        return rows == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"\r\u001b[{rows}A\u001b[J");
    }

    private void TryWrite(string text)
    {
        if (_ended)
        {
            return;
        }

        try
        {
            _run.Environment.Error.Write(text);
            _run.Environment.Error.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The terminal is gone.
            _ended = true;
        }
    }
}
