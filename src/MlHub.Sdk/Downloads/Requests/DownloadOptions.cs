using System.ComponentModel.DataAnnotations;

namespace MlHub.Sdk;

/// <summary>The options for one download, or for all downloads of a dataset.</summary>
/// <remarks>All properties can be bound from configuration. They are copied when the download starts; later changes have no effect.</remarks>
public sealed record DownloadOptions
{
    /// <summary>Gets or sets what to do if a file with the final name already exists.</summary>
    /// <value>The default is <see cref="IfExists.Resume"/>.</value>
    public IfExists IfExists { get; set; } = IfExists.Resume;

    /// <summary>Gets or sets what to do if another process, or another download in this process, is downloading the same file.</summary>
    /// <value>The default is <see cref="IfLocked.Wait"/>.</value>
    public IfLocked IfLocked { get; set; } = IfLocked.Wait;

    /// <summary>Gets or sets the number of connections for one file.</summary>
    /// <value>The default is null: connections are added while they make the download faster. The range is from 1 to 64.</value>
    /// <remarks>
    /// A number above <see cref="TransferOptions.MaxConnectionsPerHost"/> causes an <see cref="ArgumentException"/>.
    /// </remarks>
    [Range(1, 64)]
    public int? Connections { get; set; }

    /// <summary>Gets or sets whether the file and its directory are flushed to disk before the download completes.</summary>
    /// <value>The default is null: <see cref="TransferOptions.FlushToDisk"/>, which is true by default.</value>
    public bool? FlushToDisk { get; set; }

    /// <summary>Gets or sets whether a page is stored if the server sends one instead of the file.</summary>
    /// <value>The default is false: the download fails with <see cref="DownloadFailure.UnexpectedPage"/>. True stores whatever the server sends.</value>
    /// <remarks>
    /// A page is an HTML page, an XML or JSON document or plain text that the server sends instead of another kind of file, for example a login page. The kind
    /// is determined from the extension of the file name, the first bytes, the media type, and the media type that the server sent before.
    /// </remarks>
    public bool AllowPages { get; set; }
}
