namespace MlHub.Sdk;

/// <summary>The progress of a download. It is reported about ten times a second, and at each change of phase, retry and restart.</summary>
public readonly record struct DownloadProgress
{
    /// <summary>The final path, or null while the name is unknown.</summary>
    public string? Path { get; init; }

    /// <summary>The current phase.</summary>
    public DownloadPhase Phase { get; init; }

    /// <summary>
    /// The number of bytes stored, including those of earlier runs. It decreases if the download restarts or a block is found to be corrupt. It is 0 until the
    /// server has responded. In the phase <see cref="DownloadPhase.Stopped"/> it is the number of bytes that a later run can resume with; 0 if nothing is kept.
    /// </summary>
    public long BytesDone { get; init; }

    /// <summary>The length of the whole file, or null if the server does not report it.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>The average transfer rate of the last few seconds, in bytes per second.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>The estimated remaining time at this rate, or null if it is unknown.</summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>The number of connections that are receiving bytes.</summary>
    public int Connections { get; init; }

    /// <summary>The number of retries so far. <see cref="DownloadResult.Retries"/> is the final number.</summary>
    public int Retries { get; init; }

    /// <summary>The reasons for the restarts from the first byte so far. <see cref="DownloadResult.RestartReasons"/> is the final list.</summary>
    public IReadOnlyList<string> RestartReasons
    {
        get => field ?? [];
        init;
    }
}
