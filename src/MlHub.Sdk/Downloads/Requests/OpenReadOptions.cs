using System.ComponentModel.DataAnnotations;

namespace MlHub.Sdk;

/// <summary>How a remote file is read without downloading it (<see cref="MlHubClient.OpenReadAsync"/>).</summary>
/// <remarks>All properties can be bound from configuration. A stream copies them when it is opened; later changes have no effect on it.</remarks>
public sealed record OpenReadOptions
{
    /// <summary>Gets or sets how many bytes of the file a stream holds in memory at most: what it has read ahead, and what was read last.</summary>
    /// <value>The default is 4,194,304 (4 MiB). The range is from 262,144 (256 KiB) to 268,435,456 (256 MiB).</value>
    /// <remarks>
    /// Memory is taken in blocks of 32 KiB, when it is needed. The buffers of the connection are not counted; they are below 512 KiB. A file that is not
    /// larger than this can also be read from a server that does not serve ranges.
    /// </remarks>
    [Range(256 * 1024, 256 * 1024 * 1024)]
    public int BufferSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Gets or sets whether a page is read in place of the file.</summary>
    /// <value>The default is false: a page is refused with <see cref="DownloadFailure.UnexpectedPage"/>.</value>
    /// <remarks><see cref="DownloadOptions.AllowPages"/> says what a page is.</remarks>
    public bool AllowPages { get; set; }
}
