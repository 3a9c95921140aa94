namespace MlHub.Sdk;

/// <summary>What a download is doing.</summary>
public enum DownloadPhase
{
    /// <summary>Asking the server.</summary>
    Starting,

    /// <summary>Waiting for another process that is at work on the same target.</summary>
    Waiting,

    /// <summary>Waiting before it asks the server again, which failed or asked for the wait.</summary>
    Retrying,

    /// <summary>Copying the partial file that lies under the final name, to complete the copy.</summary>
    Copying,

    /// <summary>Fetching bytes.</summary>
    Downloading,

    /// <summary>All bytes are there, and are being held against their digests.</summary>
    Verifying,

    /// <summary>Waiting for the disk.</summary>
    Flushing,

    /// <summary>Done: the file is under its final name.</summary>
    Done,

    /// <summary>It failed or was cancelled, and nothing more will be reported of it. The exception says why.</summary>
    Stopped,
}
