namespace MlHub.Sdk;

/// <summary>How far a download is. Reported about ten times a second, and at every change of phase, retry and restart.</summary>
public readonly record struct DownloadProgress
{
    /// <summary>The final path, or null while the name is not known.</summary>
    public string? Path { get; init; }

    /// <summary>What the download is doing.</summary>
    public DownloadPhase Phase { get; init; }

    /// <summary>How many bytes are there, including those of earlier runs. It falls if the download starts again or a block is found to be spoilt, and is 0 while the server is asked.
    /// In the phase <see cref="DownloadPhase.Stopped"/> it is what a later run can go on from; 0 if nothing is kept.</summary>
    public long BytesDone { get; init; }

    /// <summary>The length of the whole file, or null if the server does not tell it.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Bytes per second over the last seconds.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>How long the rest will take at this rate, or null if that cannot be said.</summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>How many connections deliver bytes.</summary>
    public int Connections { get; init; }

    /// <summary>How often something was tried again so far. <see cref="DownloadResult.Retries"/> is the final number.</summary>
    public int Retries { get; init; }

    /// <summary>Why the download began again with the first byte, each time so far. <see cref="DownloadResult.RestartReasons"/> is the final list.</summary>
    public IReadOnlyList<string> RestartReasons
    {
        get => field ?? [];
        init;
    }
}
