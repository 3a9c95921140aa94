using System.Globalization;
using MlHub.Hub;

namespace MlHub.Cli;

/// <summary>Says how far the indexing of a hub is, every few seconds.</summary>
internal sealed class IndexMessages(CommandRun run, string directory) : IProgress<IndexProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private long _last = run.Environment.Clock.GetTimestamp();

    public void Report(IndexProgress value)
    {
        lock (_lock)
        {
            if (run.Environment.Clock.GetElapsedTime(_last) < Interval)
            {
                return;
            }

            _last = run.Environment.Clock.GetTimestamp();
        }

        run.Messages.Note(string.Create(CultureInfo.InvariantCulture, $"indexing '{directory}': {value.Files} files, {value.Items} items"));
    }
}
