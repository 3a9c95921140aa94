using System.ComponentModel.DataAnnotations;

namespace MlHub.Sdk;

/// <summary>What a caller can choose for one download, or for all downloads of a dataset.</summary>
/// <remarks>All properties can be bound from configuration. A download copies them when it begins; later changes have no effect on it.</remarks>
public sealed record DownloadOptions
{
    /// <summary>Gets or sets what to do if a file already has the final name.</summary>
    /// <value>The default is <see cref="IfExists.Resume"/>.</value>
    public IfExists IfExists { get; set; } = IfExists.Resume;

    /// <summary>Gets or sets what to do if another process, or another download of this process, works on the same file.</summary>
    /// <value>The default is <see cref="IfLocked.Wait"/>.</value>
    public IfLocked IfLocked { get; set; } = IfLocked.Wait;

    /// <summary>Gets or sets how many connections one file uses.</summary>
    /// <value>The default is null: as many as make the download faster. The range is from 1 to 64.</value>
    /// <remarks>
    /// A number above <see cref="TransferOptions.MaxConnectionsPerHost"/> is refused with an <see cref="ArgumentException"/>.
    /// </remarks>
    [Range(1, 64)]
    public int? Connections { get; set; }

    /// <summary>Gets or sets whether the file and its directory are flushed to disk before the download counts as done.</summary>
    /// <value>The default is null: <see cref="TransferOptions.FlushToDisk"/>, which is true by default.</value>
    public bool? FlushToDisk { get; set; }

    /// <summary>Gets or sets whether pages are stored in place of files.</summary>
    /// <value>The default is false: a page is refused with <see cref="DownloadFailure.UnexpectedPage"/>. True stores whatever comes.</value>
    /// <remarks>
    /// A page is an HTML page, an XML or JSON document or plain text that comes when another kind of file was asked for. The extension of the file's name, the
    /// first bytes, the media type, and the media type that the file had before tell which kind it is.
    /// </remarks>
    public bool AllowPages { get; set; }
}
