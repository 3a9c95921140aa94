using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>Decides the name of a file.</summary>
internal static class FileNames
{
    /// <summary>
    /// The name of a file from the final address. A last segment without an extension, as in <c>/sso/login</c>, is not used if the requested address contains a
    /// name.
    /// </summary>
    internal static string For(DownloadRequest request, Uri final)
    {
        var name = SafeFileName.FromUrl(final);
        return request.FileName ?? (SafeFileName.HasExtension(name) ? name : Asked(request) ?? name);
    }

    /// <summary>The name in the request. Null if it has no name with an extension.</summary>
    internal static string? Asked(DownloadRequest request) =>
        request.FileName is { } name && SafeFileName.HasExtension(name) ? name
        : request.LikelyFileName is { } likely ? likely
        : SafeFileName.FromUrl(request.Url) is var last && SafeFileName.HasExtension(last) ? last : null;

    /// <summary>
    /// The target of a file unless a redirect gives it another name. Null if only the server knows the name: <c>…/17/download</c> and <c>get?id=17</c> contain
    /// no file name, and a server may redirect many such addresses to files with different names.
    /// </summary>
    internal static Target? Expected(DownloadRequest request) =>
        (request.FileName ?? request.LikelyFileName ?? NameIn(request.Url)) is { } name ? new Target(Path.GetFullPath(request.OutputDirectory), name) : null;

    private static string? NameIn(Uri url) =>
        SafeFileName.FromUrl(url) is var name && SafeFileName.HasExtension(name) && !AddressMark.HasTellingQuery(url) ? name : null;
}
