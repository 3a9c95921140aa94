using System.Buffers.Binary;
using System.IO.Hashing;

namespace MlHub.Sdk.Downloads.Integrity;

internal sealed class RunningCrc32 : RunningDigest
{
    private readonly Crc32 _crc = new();

    internal override DigestAlgorithm Algorithm => DigestAlgorithm.Crc32;

    internal override void Append(ReadOnlySpan<byte> bytes) => _crc.Append(bytes);

    internal override FileDigest Finish()
    {
        // Crc32 writes its bytes in little-endian order, but x-amz-checksum-crc32 is big-endian.
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, _crc.GetCurrentHashAsUInt32());
        return new FileDigest(Algorithm, value);
    }
}
