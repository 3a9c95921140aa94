using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>How far a file is, or all files together.</summary>
/// <param name="Name">The name of the file, or how many files are there.</param>
/// <param name="Phase">What is being done.</param>
/// <param name="Done">The bytes that are there.</param>
/// <param name="Total">All bytes; null if that is not known.</param>
/// <param name="Rate">Bytes per second.</param>
/// <param name="TimeLeft">How long the rest will take; null if that cannot be said.</param>
internal readonly record struct TransferRow(string Name, DownloadPhase Phase, long Done, long? Total, double Rate, TimeSpan? TimeLeft)
{
    /// <summary>The share that is there, in percent, rounded down: 100 means that nothing is missing.</summary>
    public int? Percent => Total switch
    {
        null => null,
        0 => 100,
        { } total => (int)Math.Min(100, 100.0 * Done / total),
    };
}
