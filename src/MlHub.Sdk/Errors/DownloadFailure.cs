namespace MlHub.Sdk;

/// <summary>Why a download, or the reading of a remote file, failed: for programs that act on it.</summary>
public enum DownloadFailure
{
    /// <summary>The exception was made without a reason. No download of this library ends with it.</summary>
    Unknown,

    /// <summary>
    /// The server refused the request, and waiting does not help. A 404 is an <see cref="EntityDoesNotExistException"/>. A 401 or 403 of the server that
    /// was asked is an <see cref="MlHubAuthenticationException"/>. A 401 or 403 of a server that it redirects to is this reason.
    /// </summary>
    Refused,

    /// <summary>
    /// The connection failed, broke or stalled, or the server was overloaded, more often than <see cref="TransferOptions.MaxRetries"/> allows, or the server
    /// asked for a wait above <see cref="TransferOptions.MaxRetryAfter"/>. Faults that another try cannot cure end the download at once: a certificate
    /// that is not trusted, a host name that does not exist, a proxy that refuses the login, a port that speaks something else, unreadable headers.
    /// </summary>
    Network,

    /// <summary>
    /// The answer broke the rules of HTTP or cannot be stored: a body that was compressed on its way, lengths that contradict each other, a part where the
    /// whole file was asked for, a redirect loop, a redirect from https to http.
    /// </summary>
    BadAnswer,

    /// <summary>The remote file changed three times while it was being downloaded, or once while it was read by <see cref="MlHubClient.OpenReadAsync"/>.</summary>
    RemoteChanged,

    /// <summary>
    /// The bytes do not have the digest that was promised. A file that was there is left as it is. It is also the reason if
    /// <see cref="IfExists.Skip"/> finds a file that does not have the caller's digest.
    /// </summary>
    DigestMismatch,

    /// <summary>The disk does not have enough space.</summary>
    DiskFull,

    /// <summary>The file cannot be written: no permission, a read-only disk, a directory or a pipe under its name, a disk that fails, another program that cut or replaced the part.</summary>
    FileSystem,

    /// <summary>Another process works on the same file, or somebody has removed the lock of this download.</summary>
    Locked,

    /// <summary>
    /// The path belongs to another file: to one of the downloads that were asked for together, to a file that came from another address in an earlier
    /// run, or to a program that keeps writing to it. That file is left as it is, and nothing is stored. Choose another name or directory, or
    /// <see cref="IfExists.Overwrite"/> for a file of an earlier run.
    /// </summary>
    NameTaken,

    /// <summary>
    /// An HTML page, an XML or JSON document or plain text came when another kind of file was asked for. Nothing was stored, and a file that was there is left
    /// as it is. <see cref="DownloadOptions.AllowPages"/> allows pages.
    /// </summary>
    UnexpectedPage,

    /// <summary>
    /// The server answered 202: it is still preparing the file. The message says when to run the download again. If the server asks for a wait up to
    /// <see cref="TransferOptions.MaxRetryAfter"/>, the download waits and asks again instead, until the retries are used up (<see cref="Network"/>).
    /// </summary>
    NotReady,

    /// <summary>
    /// A file that was to be read by <see cref="MlHubClient.OpenReadAsync"/> is larger than <see cref="OpenReadOptions.BufferSize"/>, and its server does not
    /// serve ranges, or does not send what proves that two ranges are of one version of the file. Download the file, and read it from the disk.
    /// </summary>
    NotInParts,
}
