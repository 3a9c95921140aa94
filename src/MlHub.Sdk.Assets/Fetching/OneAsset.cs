using MlHub.Sdk.Assets.Record;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Assets.Fetching;

/// <summary>The end of an attempt to fetch a file.</summary>
/// <param name="Bytes">The size of the file, if it is there now.</param>
/// <param name="Digest">The digests that it was verified with.</param>
/// <param name="WasThere">Whether it was there before.</param>
/// <param name="Fault">Why it is not there, if another attempt may help.</param>
internal sealed record OneAssetEnd(long Bytes, string? Digest, bool WasThere, Fault? Fault);

/// <summary>Fetches one file: a small one directly, and any other with the download engine.</summary>
/// <param name="client">The client.</param>
/// <param name="directory">The directory of the dataset.</param>
/// <param name="options">What to do with existing files, and how to download.</param>
/// <param name="progress">Receives the progress of large files.</param>
internal sealed class OneAsset(MlHubClient client, string directory, DownloadOptions options, IProgress<DownloadProgress>? progress)
{
    private readonly DownloadServices? _services = client.Downloader.Services;
    private readonly PrivateAddresses _private = new(client.RootUrl, client.OpensConnections);

    // A file that no run has recorded may be incomplete, so it is compared and not skipped.
    private readonly DownloadOptions _options = options with { IfExists = options.IfExists == IfExists.Skip ? IfExists.Resume : options.IfExists };

    // Linux flushes all files at once, when their results are recorded.
    private readonly bool _flushesEach = !OperatingSystem.IsLinux() && (options.FlushToDisk ?? client.Downloader.Services?.Options.FlushToDisk ?? true);

    /// <summary>The path of an asset.</summary>
    internal string PathOf(AssetRow row) => Path.Combine(directory, row.Path.Replace('/', Path.DirectorySeparatorChar));

    /// <param name="work">The file.</param>
    /// <param name="hasAnswered">Whether the host has answered before.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="MlHubException">The file cannot be fetched from this address.</exception>
    internal async Task<OneAssetEnd> FetchAsync(AssetWork work, bool hasAnswered, CancellationToken cancellationToken)
    {
        var path = PathOf(work.Row);
        var target = new Target(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        var expected = FileDigest.TryParse(work.Row.StatedDigest, out var digest) ? digest : (FileDigest?)null;
        if (work.Row.IsLocked && expected is { } locked && Has(path, locked) is { } size)
        {
            return new OneAssetEnd(size, locked.ToString(), WasThere: true, null);
        }

        var request = new DownloadRequest
        {
            Url = work.Url,
            OutputDirectory = target.Directory,
            FileName = target.FileName,
            ExpectedDigests = expected is { } one ? [one] : [],
            WhyNotAsked = _private.WhyNotAsync,
            Options = work.Row.IsLocked || work.Row.IsStale ? _options with { IfExists = IfExists.Overwrite } : _options,
        };
        if (_services is not null && !(work.Row.StatedBytes >= SmallFile.Limit) && (request.Options.IfExists == IfExists.Overwrite || target.Look() is null))
        {
            var end = await new SmallFile(_services).FetchAsync(request, target, _flushesEach, cancellationToken).ConfigureAwait(false);
            if (end.Fault is { } fault)
            {
                var isFinal = fault.Kind == FaultKind.Lasting || (fault.Kind == FaultKind.LastingUntilBytesArrive && !hasAnswered);
                return fault.Error is not null && isFinal ? throw fault.Error : new OneAssetEnd(0, null, WasThere: false, fault);
            }

            if (end.Bytes is { } bytes)
            {
                return new OneAssetEnd(bytes, DigestsOf(end.Verified), WasThere: false, null);
            }
        }

        Directory.CreateDirectory(target.Directory);
        var result = await client.Downloader.DownloadAsync(request, progress, cancellationToken).ConfigureAwait(false);
        if (result.Verified.Method == VerificationMethod.None && !result.Skipped && work.Row.StatedBytes is { } stated && stated != result.Bytes)
        {
            // A response without a length may have ended early, and only the catalogue can tell.
            File.Delete(result.Path);
            var message = $"{RedactedUrl.Of(work.Url)} sent {result.Bytes} bytes and did not say how many there are, but the catalogue says {stated}. Nothing was stored.";
            throw new DownloadException(DownloadFailure.BadResponse, message) { Path = path };
        }

        return new OneAssetEnd(result.Bytes, DigestsOf(result.Verified), result.Skipped, null);
    }

    // The size of a file that has this digest; null if there is no such file.
    private static long? Has(string path, FileDigest digest) =>
        FileStatus.At(path, followsLinks: true) is { IsRegular: true } there && LocalFile.DigestOf(path, digest.Algorithm) == digest ? there.Size : null;

    private static string? DigestsOf(DownloadVerification verified) => verified.Digests.Count == 0 ? null : string.Join(' ', verified.Digests);
}
