using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk;

/// <summary>Creates the requests for archives and catalogues.</summary>
internal static class TarballRequest
{
    /// <param name="url">The address in the API.</param>
    /// <param name="id">The id of the archive or catalogue. It is usually the name of the file.</param>
    /// <param name="outputDirectory">The directory; <c>~</c> is the home directory.</param>
    /// <param name="options">The caller's options.</param>
    public static DownloadRequest For(Uri url, string id, string outputDirectory, DownloadOptions? options) =>
        DownloadRequest.Create(url, SettingsEnvironment.Process.ExpandTilde(outputDirectory), options) with
        {
            LikelyFileName = SafeFileName.Make($"{id}.tar.gz"),
        };
}
