using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>Decides the name of a file.</summary>
internal static class FileNames
{
    /// <summary>The name of a file that comes from an address at the end of redirects. A last segment without an extension, as in <c>/sso/login</c>, does not
    /// choose the name when the address that was asked for tells one.</summary>
    internal static string For(DownloadRequest request, Uri final)
    {
        var name = SafeFileName.FromUrl(final);
        return request.FileName ?? (SafeFileName.HasExtension(name) ? name : Asked(request) ?? name);
    }

    /// <summary>The name that the request tells; null when it tells none that has an extension.</summary>
    internal static string? Asked(DownloadRequest request) =>
        request.FileName is { } name && SafeFileName.HasExtension(name) ? name
        : request.LikelyFileName is { } likely ? likely
        : SafeFileName.FromUrl(request.Url) is var last && SafeFileName.HasExtension(last) ? last : null;

    /// <summary>
    /// Where a file will go unless a redirect gives it another name; null while only the server can tell: <c>…/17/download</c> and <c>get?id=17</c> name no
    /// file, and one server redirects many such addresses to files with names of their own.
    /// </summary>
    internal static Target? Expected(DownloadRequest request) =>
        (request.FileName ?? request.LikelyFileName ?? NameIn(request.Url)) is { } name ? new Target(Path.GetFullPath(request.OutputDirectory), name) : null;

    private static string? NameIn(Uri url) =>
        SafeFileName.FromUrl(url) is var name && SafeFileName.HasExtension(name) && !AddressMark.HasTellingQuery(url) ? name : null;
}
