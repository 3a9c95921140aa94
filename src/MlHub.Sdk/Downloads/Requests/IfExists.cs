namespace MlHub.Sdk;

/// <summary>
/// What a download does when a file already lies under its final name. One that somebody else puts there while the download is under way is
/// treated in the same way, once all is fetched.
/// </summary>
public enum IfExists
{
    /// <summary>
    /// A file of the remote's size is taken as done, unless it has not the digests that the caller expects, or that the server promises and did not
    /// when the file came; a shorter one is completed if the server's digest can prove the result, and
    /// fetched again otherwise; a longer one is fetched again. The default.
    /// </summary>
    Resume,

    /// <summary>
    /// Whatever lies there is taken as done. With digests of the caller's it must have them, and the download fails where it has not.
    /// Nothing is requested when a file is there of the name that the request gives, or that its address ends in (<c>…/data.tar.gz</c>); where neither
    /// tells the name (<c>…/17/download</c>, <c>get?id=17</c>) the server is asked for it.
    /// </summary>
    Skip,

    /// <summary>The file is fetched again. What lies there stays until the new file is whole and verified, and is then replaced in one step.</summary>
    Overwrite,
}
