using System.Buffers;
using MlHub.Sdk.Downloads.Digests;

namespace MlHub.Sdk.Downloads.Verification;

/// <summary>Checks a finished file.</summary>
internal static class FileVerifier
{
    private const int BufferSize = 1024 * 1024;

    internal static Task<VerificationResult> VerifyAsync(string path, IReadOnlyList<FileDigest> expected, CancellationToken cancellationToken) =>
        Task.Run(() => Verify(path, expected, cancellationToken), cancellationToken);

    private static VerificationResult Verify(string path, IReadOnlyList<FileDigest> expected, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return new VerificationResult { Path = path, Bytes = 0, Status = VerificationStatus.Missing, Detail = "There is no such file." };
        }

        var bytes = new FileInfo(path).Length;
        if (expected.Count == 0)
        {
            return new VerificationResult { Path = path, Bytes = bytes, Status = VerificationStatus.Unknown, Detail = "Nothing is known that it could be held against." };
        }

        var (verified, difference) = Compute(path, expected, cancellationToken);
        return new VerificationResult
        {
            Path = path,
            Bytes = bytes,
            Status = difference is null ? VerificationStatus.Right : VerificationStatus.Wrong,
            Detail = difference ?? $"It has the {verified} that it should have.",
            Digests = expected,
        };
    }

    private static (DownloadVerification Verified, string? Difference) Compute(string path, IReadOnlyList<FileDigest> expected, CancellationToken cancellationToken)
    {
        using var digests = new DigestSet(expected);
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var offset = 0L;
            for (int count; (count = RandomAccess.Read(file, buffer, offset)) > 0; offset += count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                digests.Append(buffer.AsSpan(0, count));
            }

            return digests.Finish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
