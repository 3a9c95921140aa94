using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>CRC-64/NVME, which <c>System.IO.Hashing</c> does not offer (its Crc64 is ECMA-182). Processes eight bytes per step with lookup tables.</summary>
internal sealed class RunningCrc64Nvme : RunningDigest
{
    // The polynomial 0xAD93D23594C93659, reflected.
    private const ulong Polynomial = 0x9A6C9329AC4BC9B5;
    private static readonly ulong[] Tables = MakeTables();

    private ulong _crc = ulong.MaxValue;

    internal override DigestAlgorithm Algorithm => DigestAlgorithm.Crc64Nvme;

    internal override void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = _crc;
        var tables = Tables;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc ^= BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
            crc = tables[(7 << 8) + (byte)crc] ^ tables[(6 << 8) + (byte)(crc >> 8)]
                ^ tables[(5 << 8) + (byte)(crc >> 16)] ^ tables[(4 << 8) + (byte)(crc >> 24)]
                ^ tables[(3 << 8) + (byte)(crc >> 32)] ^ tables[(2 << 8) + (byte)(crc >> 40)]
                ^ tables[(1 << 8) + (byte)(crc >> 48)] ^ tables[(int)(crc >> 56)];
        }

        foreach (var rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = tables[(byte)(crc ^ rest)] ^ (crc >> 8);
        }

        _crc = crc;
    }

    internal override FileDigest Finish()
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(value, ~_crc);
        return new FileDigest(Algorithm, value);
    }

    private static ulong[] MakeTables()
    {
        var tables = new ulong[8 << 8];
        for (var value = 0; value < 256; value++)
        {
            var crc = (ulong)value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            }

            tables[value] = crc;
        }

        for (var index = 256; index < tables.Length; index++)
        {
            tables[index] = tables[(byte)tables[index - 256]] ^ (tables[index - 256] >> 8);
        }

        return tables;
    }
}
