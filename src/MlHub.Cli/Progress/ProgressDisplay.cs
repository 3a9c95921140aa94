using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>
/// Shows the progress of downloads. On a terminal, it redraws some lines at the bottom. Without a terminal, it writes a line every 10 seconds.
/// </summary>
/// <remarks>If the terminal is closed while a command runs, nothing more is shown and the downloads continue.</remarks>
internal sealed class ProgressDisplay : IProgress<DownloadProgress>, IProgress<AssetsProgress>, IDisposable
{
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);

    // A small terminal must have room for all lines.
    private const int MaxFiles = 8;

    private readonly Lock _lock = new();
    private readonly CommandRun _run;
    private readonly Transfers _transfers;
    private readonly Action<string> _sink;
    private readonly ITimer _timer;
    private readonly PosixSignalRegistration? _resized;
    private string[] _drawn = [];
    private int _started;
    private bool _ended;

    private ProgressDisplay(CommandRun run)
    {
        _run = run;
        _transfers = new Transfers(run.Environment.Clock);
        _sink = run.Messages.Sink;
        if (run.ShowsProgress)
        {
            run.Messages.Sink = WriteAbove;
            _timer = run.Environment.Clock.CreateTimer(_ => Draw(), null, RedrawInterval, RedrawInterval);
            _resized = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Draw());
        }
        else
        {
            _timer = run.Environment.Clock.CreateTimer(_ => WriteLine(), null, PlainInterval, PlainInterval);
        }
    }

    /// <summary>The display of a run; null if it shows no progress.</summary>
    /// <param name="run">The run.</param>
    /// <param name="always">Whether progress is shown even without a terminal.</param>
    public static ProgressDisplay? For(CommandRun run, bool always) => run.ShowsProgress || (always && !run.Messages.Quiet) ? new ProgressDisplay(run) : null;

    public void Report(DownloadProgress value)
    {
        _transfers.Report(value);

        // The first line is drawn at once, to show that the download has started.
        if (_run.ShowsProgress && value.Path is not null && Interlocked.Exchange(ref _started, 1) == 0)
        {
            Draw();
        }
    }

    public void Report(AssetsProgress value)
    {
        if (value.File is { } file)
        {
            _transfers.Report(file);
        }

        _transfers.Count(value);
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
        return [.. files.Take(MaxFiles).Select(file => ProgressLine.Of(file, width)), .. count > 1 ? [ProgressLine.Of(total, width)] : Array.Empty<string>()];
    }

    /// <summary>Erases the drawn lines. If the terminal became narrower, a line takes several rows.</summary>
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
