namespace MlHub.Sdk;

/// <summary>What a download is doing.</summary>
public enum DownloadPhase
{
    /// <summary>Asking the server.</summary>
    Starting,

    /// <summary>Waiting for another process that is at work on the same target.</summary>
    Waiting,

    /// <summary>Fetching bytes.</summary>
    Downloading,

    /// <summary>All bytes are there, their digests are being finished.</summary>
    Verifying,

    /// <summary>Waiting for the disk.</summary>
    Flushing,

    /// <summary>Done: the file is under its final name.</summary>
    Done,
}
