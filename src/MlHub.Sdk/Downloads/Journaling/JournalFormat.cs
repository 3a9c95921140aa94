using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Journaling;

/// <summary>
/// The journal's bytes, all little-endian: <c>MLHJ</c>, version, flags; length of the file and of a granule; address, the marks of its query and of the address asked for, ETag,
/// Last-Modified and digests; a bit for each granule that is there, then the XXH3 of each of these in order; last the XXH3 of all before.
/// </summary>
internal static class JournalFormat
{
    private const uint Magic = 0x4A484C4D;
    private const ushort Version = 3;
    private const ushort AdoptedFlag = 1;
    private const ushort StrongDateFlag = 2;
    private const int MostText = 16 * 1024;
    private const int MostDigests = 64;

    internal static void Write(ArrayBufferWriter<byte> output, Journal journal)
    {
        var identity = journal.Identity;
        var flags = (journal.IsAdopted ? AdoptedFlag : 0) | (identity.IsLastModifiedStrong ? StrongDateFlag : 0);
        WriteUInt32(output, Magic);
        WriteUInt32(output, Version | ((uint)flags << 16));
        WriteUInt64(output, (ulong)journal.Granules.FileLength);
        WriteUInt32(output, (uint)journal.Granules.Size);
        WriteText(output, identity.Url);
        WriteUInt64(output, identity.QueryMark);
        WriteUInt64(output, journal.AddressMark);
        WriteText(output, identity.ETag?.Raw ?? string.Empty);
        WriteUInt64(output, (ulong)(identity.LastModified?.ToUnixTimeSeconds() ?? long.MinValue));
        WriteText(output, string.Join('\n', journal.Digests));
        WriteGranules(output, journal.States, journal.Checksums);
        WriteUInt64(output, XxHash3.HashToUInt64(output.WrittenSpan));
    }

    /// <summary>Reads a journal; null when a single bit of it is not as it was written, or would be written.</summary>
    internal static Journal? Read(ReadOnlySpan<byte> bytes)
    {
        if (Parse(bytes) is not { } journal)
        {
            return null;
        }

        var again = new ArrayBufferWriter<byte>(bytes.Length);
        Write(again, journal);
        return again.WrittenSpan.SequenceEqual(bytes) ? journal : null;
    }

    private static Journal? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8 || BinaryPrimitives.ReadUInt64LittleEndian(bytes[^8..]) != XxHash3.HashToUInt64(bytes[..^8]))
        {
            return null;
        }

        // The checksum vouches for the rest, but a journal may also have been made by another version, or by hand.
        var input = new JournalInput(bytes[..^8]);
        if (input.UInt32() != Magic || (ushort)input.UInt32(out var word) != Version)
        {
            return null;
        }

        var length = (long)input.UInt64();
        var size = (int)input.UInt32();
        var url = input.Text(MostText);
        var queryMark = input.UInt64();
        var mark = input.UInt64();
        var tag = input.Text(MostText);
        var modified = (long)input.UInt64();
        var digests = ReadDigests(input.Text(MostText));
        if (input.Failed || digests is null || !Granules.IsPossible(length, size))
        {
            return null;
        }

        var granules = new Granules(length, size);
        var flags = (ushort)(word >> 16);
        return ReadGranules(ref input, granules) is var (states, checksums)
            ? new Journal
            {
                Identity = new RemoteIdentity
                {
                    Url = url,
                    QueryMark = queryMark,
                    ETag = EntityTag.Read(tag),
                    LastModified = ReadDate(modified),
                    IsLastModifiedStrong = (flags & StrongDateFlag) != 0,
                    Length = length,
                },
                AddressMark = mark,
                Digests = digests,
                IsAdopted = (flags & AdoptedFlag) != 0,
                Granules = granules,
                States = states,
                Checksums = checksums,
            }
            : null;
    }

    private static void WriteGranules(ArrayBufferWriter<byte> output, GranuleState[] states, ulong[] checksums)
    {
        var bitmap = output.GetSpan((states.Length + 7) / 8)[..((states.Length + 7) / 8)];
        bitmap.Clear();
        for (var index = 0; index < states.Length; index++)
        {
            bitmap[index >> 3] |= (byte)(states[index] >= GranuleState.Recorded ? 1 << (index & 7) : 0);
        }

        output.Advance(bitmap.Length);
        for (var index = 0; index < states.Length; index++)
        {
            if (states[index] >= GranuleState.Recorded)
            {
                WriteUInt64(output, checksums[index]);
            }
        }
    }

    private static (GranuleState[] States, ulong[] Checksums)? ReadGranules(ref JournalInput input, Granules granules)
    {
        var bitmap = input.Bytes((granules.Count + 7) / 8);
        if (input.Failed)
        {
            return null;
        }

        var states = new GranuleState[granules.Count];
        var checksums = new ulong[granules.Count];
        for (var index = 0; index < states.Length; index++)
        {
            if ((bitmap[index >> 3] & (1 << (index & 7))) != 0)
            {
                states[index] = GranuleState.Recorded;
                checksums[index] = input.UInt64();
            }
        }

        return input.Failed || !input.IsAtEnd ? null : (states, checksums);
    }

    private static DateTimeOffset? ReadDate(long seconds) =>
        seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? null : DateTimeOffset.FromUnixTimeSeconds(seconds);

    private static List<FileDigest>? ReadDigests(string text)
    {
        var digests = new List<FileDigest>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!FileDigest.TryParse(line, out var digest) || digests.Count == MostDigests)
            {
                return null;
            }

            digests.Add(digest);
        }

        return digests;
    }

    private static void WriteUInt32(ArrayBufferWriter<byte> output, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    private static void WriteUInt64(ArrayBufferWriter<byte> output, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        WriteUInt32(output, (uint)count);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(count)));
    }
}
