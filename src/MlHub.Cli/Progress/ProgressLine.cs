using System.Globalization;
using System.Text;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>One line of progress: the name, and as many figures as fit the terminal.</summary>
internal static class ProgressLine
{
    private const int MinWidthForBytes = 64;
    private const int MinWidthForBar = 84;
    private const int MaxNameWidth = 48;
    private const int MaxBarWidth = 60;

    /// <param name="row">What to show.</param>
    /// <param name="width">The columns of the terminal. The last one stays empty, because some terminals begin a new line there.</param>
    public static string Of(TransferRow row, int width)
    {
        var available = Math.Max(width - 1, 1);
        var figures = new StringBuilder();
        if (available >= MinWidthForBytes)
        {
            figures.Append(CultureInfo.InvariantCulture, $" {Sizes.Transferred(row.Done, row.Total),19}");
        }

        figures.Append(CultureInfo.InvariantCulture, $" {(row.Percent is { } percent ? $"{percent}%" : ""),4} {Rate(row),9} {TimeLeft(row.Rate > 0 ? row.TimeLeft : null),8}");
        var rest = Math.Max(available - figures.Length, 1);
        var name = available >= MinWidthForBar ? Math.Min(MaxNameWidth, rest / 2) : rest;
        var bar = available >= MinWidthForBar ? $" {Bar(row.Percent, Math.Min(MaxBarWidth, rest - name - 3))}" : "";
        var line = $"{TextWidth.Pad(TextWidth.CutMiddle(row.Name, name), name)}{bar}{figures}";
        return line.Length <= available ? line : TextWidth.CutMiddle(line, available);
    }

    /// <summary>One line for a file or a pipe.</summary>
    public static string Plain(TransferRow row)
    {
        var percentage = row.Percent is { } percent ? $" ({percent}%)" : "";
        var left = row.Rate > 0 && row.TimeLeft is { } time ? $", {TimeLeft(time)} left" : "";
        return $"progress: {row.Name}, {Sizes.Transferred(row.Done, row.Total)}{percentage}, {Sizes.Of(row.Rate)}/s{left}";
    }

    /// <summary>The remaining time in whole seconds, rounded up, so that zero means done.</summary>
    internal static string TimeLeft(TimeSpan? left)
    {
        if (left is null)
        {
            return "--:--:--";
        }

        var seconds = (long)Math.Ceiling(left.Value.TotalSeconds);
        return $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}";
    }

    private static string Rate(TransferRow row) => row.Phase switch
    {
        DownloadPhase.Starting => "starting",
        DownloadPhase.Waiting => "waiting",
        DownloadPhase.Retrying => "retrying",
        DownloadPhase.Copying => "copying",
        DownloadPhase.Verifying => "verifying",
        DownloadPhase.Flushing => "flushing",
        _ => $"{Sizes.Of(row.Rate)}/s",
    };

    private static string Bar(int? percent, int width)
    {
        var full = (percent ?? 0) * width / 100;
        return $"[{new string('#', full)}{new string('.', width - full)}]";
    }
}
