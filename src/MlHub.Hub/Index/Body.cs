using System.Buffers;
using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace MlHub.Hub.Index;

/// <summary>Compresses the documents in the index: their length, and an LZ4 block.</summary>
internal static class Body
{
    private const int LengthBytes = 4;

    internal static byte[] Compress(ReadOnlySpan<byte> json)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LengthBytes + LZ4Codec.MaximumOutputSize(json.Length));
        BinaryPrimitives.WriteInt32LittleEndian(buffer, json.Length);
        var length = LengthBytes + LZ4Codec.Encode(json, buffer.AsSpan(LengthBytes));
        var compressed = buffer.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return compressed;
    }

    internal static byte[] Expand(ReadOnlySpan<byte> compressed)
    {
        var json = GC.AllocateUninitializedArray<byte>(BinaryPrimitives.ReadInt32LittleEndian(compressed));
        return LZ4Codec.Decode(compressed[LengthBytes..], json) == json.Length ? json : throw new InvalidDataException("A document of the index is damaged. Remove the index.");
    }
}
