namespace MlHub.Sdk;

/// <summary>
/// A download or a read of a remote file (<see cref="MlHubClient.OpenReadAsync"/>) failed. No incorrect file has the final name, and no incorrect bytes were
/// returned. The part file is kept if a later run can resume the download.
/// </summary>
public sealed class DownloadException : MlHubException
{
    private string? _path;

    /// <summary>Creates an exception with the default message.</summary>
    public DownloadException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    public DownloadException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    /// <param name="innerException">The cause, or null.</param>
    public DownloadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an exception with a reason, a message and a cause.</summary>
    /// <param name="reason">Why the download failed.</param>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    /// <param name="innerException">The cause, or null.</param>
    public DownloadException(DownloadFailure reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>The reason for the failure.</summary>
    /// <value>The default is <see cref="DownloadFailure.Unknown"/>, for exceptions that were created without a reason.</value>
    public DownloadFailure Reason { get; init; }

    /// <summary>The final path of the file, or null if the name was not known yet.</summary>
    public string? Path
    {
        get => _path;
        init => _path = value;
    }

    /// <summary>Sets the path if it is not set yet.</summary>
    internal void IsOf(string path) => _path ??= path;
}
