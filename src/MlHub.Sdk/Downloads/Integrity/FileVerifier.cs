using System.Buffers;
using Microsoft.Win32.SafeHandles;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>Checks a finished file against the given digests or, if there are none, against its receipt.</summary>
internal static class FileVerifier
{
    private const int BufferSize = 1024 * 1024;

    internal static Task<VerificationResult> VerifyAsync(string path, IReadOnlyList<FileDigest> expected, CancellationToken cancellationToken) =>
        Task.Run(() => Verify(path, expected, cancellationToken), cancellationToken);

    /// <summary>Checks with the seal of the receipt whether a file is unchanged since its download.</summary>
    internal static Task<bool> IsUnchangedAsync(string path, Receipt receipt, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var file = FinishedFile.Open(path);
            var bytes = RandomAccess.GetLength(file);
            return bytes == receipt.Bytes && Compare(file, bytes, receipt, [], cancellationToken) is null;
        },
        cancellationToken);

    private static VerificationResult Verify(string path, IReadOnlyList<FileDigest> expected, CancellationToken cancellationToken)
    {
        var whyNot = FileStatus.At(path, followsLinks: true)?.Kind switch
        {
            FileKind.Regular => null,
            FileKind.Directory => "it is a directory, and no file",
            null => "there is no such file",
            _ => "it is a pipe, a socket or a device, or a link to one: name a file",
        };
        if (whyNot is not null)
        {
            return Result(path, 0, VerificationStatus.Missing, whyNot, []);
        }

        using var file = FinishedFile.Open(path);
        var bytes = RandomAccess.GetLength(file);
        var receipt = expected.Count == 0 ? Receipt.Of(path) : null;
        if (expected.Count == 0 && receipt is null)
        {
            return Result(path, bytes, VerificationStatus.Unknown, "it has no receipt of a download, and no digest was given", []);
        }

        var promised = receipt?.Digests ?? expected;
        if (receipt is not null && receipt.Bytes != bytes)
        {
            return Result(path, bytes, VerificationStatus.Wrong, $"it has {bytes} bytes, and had {receipt.Bytes} when it was downloaded", promised);
        }

        return Compare(file, bytes, receipt, promised, cancellationToken) is { } difference
            ? Result(path, bytes, VerificationStatus.Wrong, difference, promised)
            : Result(path, bytes, VerificationStatus.Right, receipt is null ? "it has the digest given" : $"it is unchanged since its download from {receipt.Identity.Url}", promised);
    }

    private static VerificationResult Result(string path, long bytes, VerificationStatus status, string detail, IReadOnlyList<FileDigest> digests) =>
        new() { Path = path, Bytes = bytes, Status = status, Detail = detail, Digests = digests };

    private static string? Compare(SafeFileHandle file, long length, Receipt? receipt, IReadOnlyList<FileDigest> promised, CancellationToken cancellationToken)
    {
        using var digests = new DigestSet(promised);
        var seal = receipt is null ? null : new SealReader(receipt.BlockSize);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferSize, length + 1));
        try
        {
            var offset = 0L;
            for (int count; (count = RandomAccess.Read(file, buffer, offset)) > 0; offset += count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                digests.Append(buffer.AsSpan(0, count));
                seal?.Append(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var (_, difference) = digests.Finish();
        return difference ?? (seal?.Finish() == receipt?.Seal ? null : "its bytes have changed since the download");
    }
}
