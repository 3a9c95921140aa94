namespace MlHub.Sdk;

/// <summary>The phase of a download.</summary>
public enum DownloadPhase
{
    /// <summary>Waiting for the server's response.</summary>
    Starting,

    /// <summary>Waiting for another process, or another download in this process, that is downloading the same file.</summary>
    Waiting,

    /// <summary>Waiting before a retry.</summary>
    Retrying,

    /// <summary>Copying an existing partial file, in order to complete the copy.</summary>
    Copying,

    /// <summary>Downloading bytes.</summary>
    Downloading,

    /// <summary>Verifying digests: of the downloaded bytes, or of a file that existed before.</summary>
    Verifying,

    /// <summary>Waiting for data to be flushed to disk.</summary>
    Flushing,

    /// <summary>Completed: the file has its final name.</summary>
    Done,

    /// <summary>Failed or cancelled. No more progress is reported. The exception says why.</summary>
    Stopped,
}
