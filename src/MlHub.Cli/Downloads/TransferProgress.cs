using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MlHub.Sdk;
using Spectre.Console;

namespace MlHub.Cli;

/// <summary>Progress bars on a terminal, one for each file that is being downloaded.</summary>
internal sealed class TransferProgress : IProgress<DownloadProgress>
{
    private readonly ProgressContext _context;
    private readonly ConcurrentDictionary<string, Lazy<ProgressTask>> _tasks = new(StringComparer.Ordinal);

    private TransferProgress(ProgressContext context) => _context = context;

    /// <summary>Shows progress on standard error while downloads run.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task ShowAsync(CommandRun run, Func<IProgress<DownloadProgress>, Task> downloads)
    {
        var console = Console(run.Environment);
        var sink = run.Messages.Sink;
        run.Messages.Sink = line => console.Write(new Text($"{line}\n"));
        try
        {
            await console.Progress()
                .AutoClear(true)
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn(),
                    new TransferColumn(progress => Sizes.Transferred(progress.BytesDone, progress.TotalBytes)),
                    new TransferColumn(progress => progress.Phase == DownloadPhase.Downloading ? $"{Sizes.Of(progress.BytesPerSecond)}/s" : Phase(progress.Phase)),
                    new TransferColumn(progress => TimeLeft(progress.TimeLeft)))
                .StartAsync(context => downloads(new TransferProgress(context)))
                .ConfigureAwait(false);
        }
        finally
        {
            run.Messages.Sink = sink;
        }
    }

    /// <summary>Whole seconds, rounded up, so that zero means done.</summary>
    internal static string TimeLeft(TimeSpan? left)
    {
        if (left is null)
        {
            return "--:--:--";
        }

        var seconds = (long)Math.Ceiling(left.Value.TotalSeconds);
        return $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}";
    }

    public void Report(DownloadProgress value)
    {
        if (value.Path is not { } path)
        {
            return;
        }

        var task = _tasks.GetOrAdd(path, Add).Value;
        task.Tag = value;
        task.IsIndeterminate = value.TotalBytes is null;
        task.MaxValue = Math.Max(value.TotalBytes ?? 1, 1);
        task.Value = Math.Min(value.BytesDone, Math.BitDecrement(task.MaxValue));
        if (value.Phase is DownloadPhase.Done or DownloadPhase.Stopped && _tasks.TryRemove(path, out _))
        {
            _context.RemoveTask(task);
        }
    }

    private Lazy<ProgressTask> Add(string path) =>
        new(() => _context.AddTask(Markup.Escape(PlainText.OneLine(Path.GetFileName(path)))));

    private static string Phase(DownloadPhase phase) => phase switch
    {
        DownloadPhase.Waiting => "waiting",
        DownloadPhase.Retrying => "trying again",
        DownloadPhase.Copying => "copying",
        DownloadPhase.Verifying => "verifying",
        DownloadPhase.Flushing => "flushing",
        _ => "",
    };

    private static IAnsiConsole Console(CommandEnvironment environment)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = environment.Colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(environment.Error),
        });
        console.Profile.Width = environment.Width;
        return console;
    }
}
