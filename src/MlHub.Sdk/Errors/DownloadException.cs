namespace MlHub.Sdk;

/// <summary>
/// A download, or the reading of a remote file (<see cref="MlHubClient.OpenReadAsync"/>), failed. No wrong bytes have the final name, and none were read. What a
/// download has fetched is kept beside the final name if a later run can prove that it is right; that run goes on from there.
/// </summary>
public sealed class DownloadException : MlHubException
{
    private string? _path;

    /// <summary>Creates an exception without a message of its own.</summary>
    public DownloadException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    public DownloadException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and what caused it.</summary>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    /// <param name="innerException">What caused it, or null.</param>
    public DownloadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an exception with a reason, a message and what caused it.</summary>
    /// <param name="reason">Why the download failed.</param>
    /// <param name="message">One sentence that says what went wrong and what to do.</param>
    /// <param name="innerException">What caused it, or null.</param>
    public DownloadException(DownloadFailure reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>Why it failed.</summary>
    /// <value>The default is <see cref="DownloadFailure.Unknown"/>, for exceptions that are made without a reason.</value>
    public DownloadFailure Reason { get; init; }

    /// <summary>The final path of the file, or null if the name was not known yet.</summary>
    public string? Path
    {
        get => _path;
        init => _path = value;
    }

    /// <summary>Says of which file it is, where whoever failed did not know.</summary>
    internal void IsOf(string path) => _path ??= path;
}
