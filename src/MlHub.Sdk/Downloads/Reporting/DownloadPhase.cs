namespace MlHub.Sdk;

/// <summary>What a download is doing.</summary>
public enum DownloadPhase
{
    /// <summary>Asking the server.</summary>
    Starting,

    /// <summary>Waiting for another process, or another download of this process, that works on the same file.</summary>
    Waiting,

    /// <summary>Waiting before it asks the server again.</summary>
    Retrying,

    /// <summary>Copying the partial file that has the final name, to complete the copy.</summary>
    Copying,

    /// <summary>Fetching bytes.</summary>
    Downloading,

    /// <summary>Comparing bytes with their digests: those that were fetched, or those of the file that was there.</summary>
    Verifying,

    /// <summary>Waiting for the disk.</summary>
    Flushing,

    /// <summary>Done: the file is under its final name.</summary>
    Done,

    /// <summary>It failed or was cancelled, and nothing more will be reported. The exception says why.</summary>
    Stopped,
}
