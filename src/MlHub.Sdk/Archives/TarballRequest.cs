using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk;

/// <summary>Makes the requests for archives and catalogues.</summary>
internal static class TarballRequest
{
    /// <param name="url">The address at the API.</param>
    /// <param name="id">The id of the archive or catalogue. It is usually the file's name.</param>
    /// <param name="outputDirectory">The directory; <c>~</c> is the home directory.</param>
    /// <param name="options">What the caller chose.</param>
    public static DownloadRequest For(Uri url, string id, string outputDirectory, DownloadOptions? options) =>
        DownloadRequest.Create(url, SettingsEnvironment.Process.ExpandTilde(outputDirectory), options) with
        {
            LikelyFileName = SafeFileName.Make($"{id}.tar.gz"),
        };
}
