namespace MlHub.Sdk;

/// <summary>
/// What a download does if a file with its final name already exists. A file that another program creates there during the download is treated in the same way,
/// when all bytes are downloaded.
/// </summary>
public enum IfExists
{
    /// <summary>
    /// Compares the file with the remote file. Keeps it if nothing differs, and downloads it again otherwise. This is the default.
    /// </summary>
    /// <remarks>
    /// <para>
    /// If the caller or the server provides a digest, the digest decides. Otherwise the receipt of the file decides. The receipt contains the ETag and the
    /// Last-Modified from the time of the download. Without a receipt the size decides; <see cref="DownloadResult.SkipReason"/> is then
    /// <see cref="SkipReason.Size"/>.
    /// </para>
    /// <para>
    /// A file that was downloaded from another address is not changed, and the download fails with <see cref="DownloadFailure.NameTaken"/>. The old file is
    /// kept until the new one is complete and verified. If a file without a receipt is shorter than the remote file, the missing bytes are downloaded, provided
    /// that a digest can verify the result.
    /// </para>
    /// </remarks>
    Resume,

    /// <summary>
    /// Keeps the file without comparing it with the remote file. If the caller gives digests and the file does not match them, the download fails. No request
    /// is sent if the name is known from the request or from the end of its address (<c>…/data.tar.gz</c>). Otherwise (<c>…/17/download</c>, <c>get?id=17</c>)
    /// a request is needed to learn the name.
    /// </summary>
    Skip,

    /// <summary>Downloads the file again. The old file is kept until the new one is complete and verified, and is then replaced atomically.</summary>
    Overwrite,

    /// <summary>
    /// As <see cref="Resume"/>, and the file that is there is read: a digest of the caller or the server, or the receipt of the file, must be that of its bytes. A
    /// file that differs is fetched again, and so is a file of which nothing is known. It finds bytes that a disk has lost; it takes as long as reading the file.
    /// </summary>
    Verify,
}
