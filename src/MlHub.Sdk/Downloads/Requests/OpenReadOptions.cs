using System.ComponentModel.DataAnnotations;

namespace MlHub.Sdk;

/// <summary>The options for reading a remote file without downloading it (<see cref="MlHubClient.OpenReadAsync"/>).</summary>
/// <remarks>All properties can be bound from configuration. They are copied when the stream is opened; later changes have no effect.</remarks>
public sealed record OpenReadOptions
{
    /// <summary>
    /// Gets or sets the maximum number of bytes of the file that a stream keeps in memory: bytes that were fetched ahead, and bytes that were read recently.
    /// </summary>
    /// <value>The default is 4,194,304 (4 MiB). The range is from 262,144 (256 KiB) to 268,435,456 (256 MiB).</value>
    /// <remarks>
    /// Memory is allocated in blocks of 32 KiB as needed. The buffers of the connection are not counted; they are below 512 KiB. A file up to this size can
    /// also be read from a server that does not support range requests.
    /// </remarks>
    [Range(256 * 1024, 256 * 1024 * 1024)]
    public int BufferSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Gets or sets whether a page is read if the server sends one instead of the file.</summary>
    /// <value>The default is false: opening fails with <see cref="DownloadFailure.UnexpectedPage"/>.</value>
    /// <remarks><see cref="DownloadOptions.AllowPages"/> defines what a page is.</remarks>
    public bool AllowPages { get; set; }
}
