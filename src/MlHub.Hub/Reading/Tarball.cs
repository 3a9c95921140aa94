using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace MlHub.Hub.Reading;

/// <summary>
/// Reads a gzipped tarball once, from its first to its last byte. Reading it to the end is the only way to know that it is whole: the Python client leaves a partial download under
/// the final name.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class Tarball(string path)
{
    private const long LargestDocument = 64 * 1024 * 1024;
    private const int BufferSize = 128 * 1024;

    // GZipStream does not notice that the end of a file is missing. Therefore these bytes, compressed, are read after the file (RFC 1952 §2.2: a file may have several members). They come
    // out at the end only if everything before them was whole.
    private static readonly byte[] End = "\u0001This is the end of an MLHub file."u8.ToArray();
    private static readonly byte[] CompressedEnd = Compress(End);

    /// <summary>The MD5 of the file, after all entries have been read.</summary>
    internal byte[]? Md5 { get; private set; }

    /// <summary>The number of bytes of the file that have been read.</summary>
    internal long Position { get; private set; }

    /// <summary>The files in the tarball, in their order.</summary>
    /// <exception cref="InvalidDataException">The tarball is damaged.</exception>
    internal IEnumerable<TarballEntry> Read()
    {
#pragma warning disable CA5351 // Content-MD5 is an MD5 by definition. It detects accidents, not attacks.
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        using var file = new ReadObserver(new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan }), bytes =>
        {
            md5.AppendData(bytes);
            Position += bytes.Length;
        }, CompressedEnd);
        var unpacked = 0L;
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        using var buffered = new BufferedStream(gzip, BufferSize);
        using var observed = new ReadObserver(buffered, bytes => unpacked += bytes.Length);
        using var tar = new TarReader(observed);
        while (Whole(() => tar.GetNextEntry()) is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile)
            {
                var offset = unpacked;
                yield return Whole(() => Read(entry, offset));
            }
        }

        // The check sum of gzip comes after the last entry.
        if (!Whole(() => Drain(observed)).AsSpan().SequenceEqual(End))
        {
            throw new InvalidDataException("The end is missing.");
        }

        Md5 = md5.GetHashAndReset();
    }

    private static TarballEntry Read(TarEntry entry, long offset)
    {
        var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
        var whyNot = FileNames.WhyNotIn(name);
        if (whyNot is not null || !FileNames.MayBeStac(name) || entry.Length > LargestDocument)
        {
            return new TarballEntry(name, offset, entry.Length, null, whyNot);
        }

        var bytes = new byte[entry.Length];
        entry.DataStream?.ReadExactly(bytes);
        try
        {
            return new TarballEntry(name, offset, entry.Length, StacDocument.Read(bytes), null);
        }
        catch (JsonException error)
        {
            return new TarballEntry(name, offset, entry.Length, null, FileNames.NotJson(error));
        }
    }

    private static T Whole<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is EndOfStreamException or FormatException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException(error is EndOfStreamException ? "The end is missing." : "It is not a tar.gz file, or is damaged.", error);
        }
    }

    // The last bytes of a stream.
    private static byte[] Drain(Stream stream)
    {
        var buffer = new byte[BufferSize];
        var kept = 0;
        while (stream.Read(buffer, kept, buffer.Length - kept) is > 0 and var read)
        {
            var last = Math.Min(End.Length, kept + read);
            buffer.AsSpan(kept + read - last, last).CopyTo(buffer);
            kept = last;
        }

        return buffer[..kept];
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }
}
