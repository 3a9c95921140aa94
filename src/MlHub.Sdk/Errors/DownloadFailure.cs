namespace MlHub.Sdk;

/// <summary>The reason why a download or a read of a remote file failed.</summary>
public enum DownloadFailure
{
    /// <summary>The exception was created without a reason. This library always sets another reason.</summary>
    Unknown,

    /// <summary>
    /// The server refused the request, and a retry would not help. A 404 causes an <see cref="EntityDoesNotExistException"/> instead. A 401 or 403 from the
    /// original server causes an <see cref="MlHubAuthenticationException"/>. A 401 or 403 from a server that it redirects to has this reason.
    /// </summary>
    Refused,

    /// <summary>
    /// The connection failed, broke or stalled, or the server was overloaded, more often than <see cref="TransferOptions.MaxRetries"/> allows. Or the server
    /// asked for a wait above <see cref="TransferOptions.MaxRetryAfter"/>. Some faults are not retried, because a retry cannot succeed: an untrusted
    /// certificate, a host name that does not exist, a proxy that rejects the login, a port with another protocol, unreadable headers.
    /// </summary>
    Network,

    /// <summary>
    /// The response violates HTTP or cannot be stored: a body with a content coding, lengths that contradict each other, a partial response to a request for
    /// the whole file, a redirect loop, a redirect from https to http.
    /// </summary>
    BadResponse,

    /// <summary>The remote file changed three times during a download, or once while it was read by <see cref="MlHubClient.OpenReadAsync"/>.</summary>
    RemoteChanged,

    /// <summary>
    /// The bytes do not match the expected digest. An existing file is not changed. This is also the reason if <see cref="IfExists.Skip"/> finds a file that
    /// does not match the caller's digest.
    /// </summary>
    DigestMismatch,

    /// <summary>The disk does not have enough space.</summary>
    DiskFull,

    /// <summary>
    /// The file cannot be written. Possible causes are missing permissions, a read-only or failing disk, a directory or a pipe with this name, or another
    /// program that truncated or replaced the part file.
    /// </summary>
    FileSystem,

    /// <summary>Another process is downloading the same file, or the lock file of this download was removed.</summary>
    Locked,

    /// <summary>
    /// The path belongs to another file: another download of the same batch, a file that was downloaded from another address in an earlier run, or a file that
    /// another program keeps writing to. That file is not changed, and nothing is stored. Choose another name or directory, or use
    /// <see cref="IfExists.Overwrite"/> for a file of an earlier run.
    /// </summary>
    NameTaken,

    /// <summary>
    /// The server sent an HTML page, an XML or JSON document or plain text instead of the requested kind of file. Nothing was stored, and an existing file is
    /// not changed. <see cref="DownloadOptions.AllowPages"/> allows pages.
    /// </summary>
    UnexpectedPage,

    /// <summary>
    /// The server responded with 202: it is still preparing the file. The message says when to run the download again. If the server asks for a wait up to
    /// <see cref="TransferOptions.MaxRetryAfter"/>, the download waits and retries instead, until the retries are used up (<see cref="Network"/>).
    /// </summary>
    NotReady,

    /// <summary>
    /// The file cannot be read by <see cref="MlHubClient.OpenReadAsync"/>: it is larger than <see cref="OpenReadOptions.BufferSize"/>, and its server does not
    /// support range requests, or sends nothing that proves that two ranges belong to the same version of the file. Download the file and read it from disk.
    /// </summary>
    NotInParts,
}
