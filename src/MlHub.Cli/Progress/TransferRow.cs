using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The progress of one file, or of all files together.</summary>
/// <param name="Name">The name of the file, or the number of completed files.</param>
/// <param name="Phase">The current phase.</param>
/// <param name="Done">The number of completed bytes.</param>
/// <param name="Total">The total number of bytes; null if it is unknown.</param>
/// <param name="Rate">Bytes per second.</param>
/// <param name="TimeLeft">The estimated remaining time; null if it is unknown.</param>
internal readonly record struct TransferRow(string Name, DownloadPhase Phase, long Done, long? Total, double Rate, TimeSpan? TimeLeft)
{
    /// <summary>The completed percentage, rounded down, so that 100 means that all bytes are there.</summary>
    public int? Percent => Total switch
    {
        null => null,
        0 => 100,
        { } total => (int)Math.Min(100, 100.0 * Done / total),
    };
}
