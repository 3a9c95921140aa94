using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>CRC-32C with the processor's instruction, which <c>System.IO.Hashing</c> does not offer.</summary>
internal sealed class RunningCrc32C : RunningDigest
{
    private uint _crc = uint.MaxValue;

    internal override DigestAlgorithm Algorithm => DigestAlgorithm.Crc32C;

    internal override void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = _crc;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        _crc = crc;
    }

    internal override FileDigest Finish()
    {
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, ~_crc);
        return new FileDigest(Algorithm, value);
    }
}
