namespace MlHub.Sdk;

/// <summary>
/// What a download does if a file already has its final name. A file that somebody else puts there while the download is under way is treated in the same
/// way, when all is fetched.
/// </summary>
public enum IfExists
{
    /// <summary>
    /// The file is compared with the remote file. It is taken as done if nothing differs, and fetched again otherwise. The default.
    /// </summary>
    /// <remarks>
    /// <para>
    /// A digest decides if the caller or the server gives one. Otherwise the receipt of the file decides: it notes the ETag and the Last-Modified of the
    /// time when the file came. Without a receipt the size decides; <see cref="DownloadResult.SkipReason"/> is then <see cref="SkipReason.Size"/>.
    /// </para>
    /// <para>
    /// A file that came from another address is left as it is, and the download fails with <see cref="DownloadFailure.NameTaken"/>. The old file stays until
    /// the new one is whole and verified. A file without a receipt that is shorter than the remote file is completed if a digest can prove the result.
    /// </para>
    /// </remarks>
    Resume,

    /// <summary>
    /// The file is taken as done, whatever it is. If the caller gives digests, it must have them: otherwise the download fails. Nothing is requested if the
    /// request or the end of its address (<c>…/data.tar.gz</c>) tells the name. If neither does (<c>…/17/download</c>, <c>get?id=17</c>), the server is
    /// asked for it.
    /// </summary>
    Skip,

    /// <summary>The file is fetched again. The old file stays until the new one is whole and verified, and is then replaced in one step.</summary>
    Overwrite,

    /// <summary>
    /// As <see cref="Resume"/>, and the file that is there is read: a digest of the caller or the server, or the receipt of the file, must be that of its bytes. A
    /// file that differs is fetched again, and so is a file of which nothing is known. It finds bytes that a disk has lost; it takes as long as reading the file.
    /// </summary>
    Verify,
}
