namespace MlHub.Sdk;

/// <summary>Why a download failed, for programs that act on it.</summary>
public enum DownloadFailure
{
    /// <summary>Whoever made the exception gave no reason. No download of this library ends so.</summary>
    Unknown,

    /// <summary>The server refused, with a status that waiting does not cure.</summary>
    Refused,

    /// <summary>The connection failed, broke or stalled, or the server was overloaded, more often than retries are allowed. Run it again: it resumes.</summary>
    Network,

    /// <summary>The answer broke the rules of HTTP, or was of a kind that cannot be stored: compressed, a redirect loop, a redirect from https to http.</summary>
    BadAnswer,

    /// <summary>The remote file changed three times while it was being fetched.</summary>
    RemoteChanged,

    /// <summary>All bytes arrived, and their digest is not the one that was promised. Nothing was put under the final name, and what lay there is left as it is; also where that was to be skipped and has another digest itself.</summary>
    DigestMismatch,

    /// <summary>The disk is too small, or ran full.</summary>
    DiskFull,

    /// <summary>The target cannot be written: no permission, read-only, a directory, gone.</summary>
    FileSystem,

    /// <summary>Another process is at work on the same target.</summary>
    Locked,

    /// <summary>Another of the downloads that were asked for together ends at the same path. It was left alone, and of this one nothing was fetched.</summary>
    NameTaken,

    /// <summary>
    /// An HTML page, or an XML or JSON error, came where another kind of file was asked for. Nothing was stored.
    /// <see cref="DownloadOptions.AllowPages"/> allows such files.
    /// </summary>
    UnexpectedPage,

    /// <summary>The server answered 202: it is still preparing the file. Run the download again later.</summary>
    NotReady,
}
