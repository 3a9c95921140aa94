using System.Buffers;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Integrity;

namespace MlHub.Sdk.Assets.Fetching;

/// <summary>A file that is already on the disk.</summary>
internal static class LocalFile
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Reads a file and computes its digest.</summary>
    /// <exception cref="IOException">The file is missing, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    internal static FileDigest DigestOf(string path, DigestAlgorithm algorithm)
    {
        using var file = RegularFile.Open(path, FileAccess.Read, followsLinks: true);
        using var digest = RunningDigest.Start(algorithm);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var position = 0L;
        for (int count; (count = RegularFile.ReadAll(file, buffer, position)) > 0; position += count)
        {
            digest.Append(buffer.AsSpan(0, count));
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return digest.Finish();
    }
}
