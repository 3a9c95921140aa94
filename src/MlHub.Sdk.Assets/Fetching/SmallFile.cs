using System.Buffers;
using System.Net;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Session;

namespace MlHub.Sdk.Assets.Fetching;

/// <summary>The end of an attempt to fetch a small file.</summary>
/// <param name="Bytes">Its size, if it is stored.</param>
/// <param name="Verified">How it was verified.</param>
/// <param name="Fault">Why it is not stored, if another attempt may help.</param>
internal sealed record SmallFileEnd(long? Bytes, DownloadVerification Verified, Fault? Fault)
{
    /// <summary>The response is not a plain small file: the download engine has to decide.</summary>
    internal static readonly SmallFileEnd ForEngine = new(null, DownloadVerification.None, null);
}

/// <summary>
/// Fetches files below 8 MiB. Such a file needs no journal, because it is cheaper to fetch it again than to record its parts: it is written to a temporary name, verified
/// and renamed. The connections, redirects, limits of hosts and rules for responses are those of the download engine.
/// </summary>
internal sealed class SmallFile(DownloadServices services)
{
    /// <summary>The size from which the engine downloads a file.</summary>
    internal const long Limit = 8 * 1024 * 1024;

    private const int BufferSize = 64 * 1024;

    /// <param name="request">The file.</param>
    /// <param name="target">Its path.</param>
    /// <param name="flushes">Whether to flush the file to disk.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="MlHubException">The server refused the request, or sent other bytes than the digest says.</exception>
    internal async Task<SmallFileEnd> FetchAsync(DownloadRequest request, Target target, bool flushes, CancellationToken cancellationToken)
    {
        using var remote = new RemoteFile(request, services, static () => { });
        var reply = await remote.OpenAsync(static _ => null, cancellationToken).ConfigureAwait(false);
        if (!reply.IsResponse)
        {
            return new SmallFileEnd(null, DownloadVerification.None, reply.Fault);
        }

        using var response = reply.Response;
        if (response.Status != HttpStatusCode.OK || response.IsPart || response.ContentLength is not { } length || length >= Limit || response.Identity.Length != length)
        {
            return SmallFileEnd.ForEngine;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var filled = await FillAsync(response.OpenBody(cancellationToken), buffer.AsMemory(0, (int)Math.Min(BufferSize, length))).ConfigureAwait(false);
            return response.Fault is { } fault ? new SmallFileEnd(null, DownloadVerification.None, fault)
                : IsPlain(request, response, target, buffer.AsSpan(0, Math.Min(ErrorPages.FirstBytes, filled)))
                    ? await StoreOrRemoveAsync(request, response, length, target, flushes, buffer, filled, cancellationToken).ConfigureAwait(false)
                : SmallFileEnd.ForEngine;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsPlain(DownloadRequest request, RemoteResponse response, Target target, ReadOnlySpan<byte> first)
    {
        first = ErrorPages.NeedsFirstBytes(response, target.FileName) ? first : [];
        return ResponseRules.WhyNotItsBytes(response, target.FileName, first) is null
            && (request.Options.AllowPages || ErrorPages.DescribePage(response, FileNames.Asked(request), target.FileName, before: null, first) is null);
    }

    // Nothing of a file remains that is not complete.
    private static async Task<SmallFileEnd> StoreOrRemoveAsync(
        DownloadRequest request, RemoteResponse response, long length, Target target, bool flushes, byte[] buffer, int filled, CancellationToken cancellationToken)
    {
        var isStored = false;
        try
        {
            var end = await StoreAsync(request, response, length, target, flushes, buffer, filled, cancellationToken).ConfigureAwait(false);
            isStored = end.Bytes is not null;
            return end;
        }
        finally
        {
            if (!isStored)
            {
                RegularFile.DeleteIfThere(target.PartPath);
            }
        }
    }

    // The buffer already has the first bytes of the body.
    private static async Task<SmallFileEnd> StoreAsync(
        DownloadRequest request, RemoteResponse response, long length, Target target, bool flushes, byte[] buffer, int filled, CancellationToken cancellationToken)
    {
        using var digests = new DigestSet([.. request.ExpectedDigests, .. response.Digests]);
        var written = 0L;
        using (var file = RegularFile.CreateInFolder(target.PartPath))
        {
            while (filled > 0)
            {
                digests.Append(buffer.AsSpan(0, filled));
                RegularFile.Write(file, buffer.AsSpan(0, filled), written);
                written += filled;
                filled = await FillAsync(response.OpenBody(cancellationToken), buffer.AsMemory(0, (int)Math.Min(BufferSize, length - written))).ConfigureAwait(false);
            }

            if (flushes)
            {
                RandomAccess.FlushToDisk(file);
            }
        }

        if (written < length)
        {
            return new SmallFileEnd(null, DownloadVerification.None, response.EndedEarly(length - written));
        }

        var (verified, difference) = digests.Finish();
        if (difference is not null)
        {
            throw new DownloadException(DownloadFailure.DigestMismatch, $"{response.Where} sent other bytes than expected: {difference}. Nothing was stored.") { Path = target.FinalPath, RequestUrl = response.Where };
        }

        _ = FinalName.TryGive(target, replaces: true);
        return new SmallFileEnd(written, verified, null);
    }

    // One write for a file of up to 64 KiB.
    private static async ValueTask<int> FillAsync(Body body, Memory<byte> buffer)
    {
        var filled = 0;
        while (filled < buffer.Length && await body.ReadAsync(buffer[filled..]).ConfigureAwait(false) is > 0 and var count)
        {
            filled += count;
        }

        return filled;
    }
}
