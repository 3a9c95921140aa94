using System.IO.Compression;

namespace MlHub.Hub.Index;

/// <summary>Compresses the documents in the index.</summary>
internal static class Body
{
    [ThreadStatic]
    private static MemoryStream? _buffer;

    internal static byte[] Compress(ReadOnlySpan<byte> json)
    {
        var buffer = _buffer ??= new MemoryStream();
        buffer.SetLength(0);
        using (var deflate = new DeflateStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(json);
        }

        return buffer.ToArray();
    }

    internal static byte[] Expand(byte[] compressed)
    {
        using var deflate = new DeflateStream(new MemoryStream(compressed, writable: false), CompressionMode.Decompress);
        using var json = new MemoryStream(compressed.Length * 4);
        deflate.CopyTo(json);
        return json.ToArray();
    }
}
