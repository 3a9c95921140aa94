using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Resume;

/// <summary>
/// The format of a journal, with all numbers little-endian: <c>MLHJ</c>; version and flags; length of the file and of a block; final address; marks of its
/// query and of the requested address; ETag; Last-Modified; digests; media type; a bit for each complete block, then the XXH3 of each of these blocks in order;
/// finally the XXH3 of all preceding bytes. A text is its length in bytes, followed by its UTF-8.
/// </summary>
internal static class JournalFormat
{
    private const uint Magic = 0x4A484C4D;
    private const ushort Version = 4;
    private const ushort AdoptedFlag = 1;
    private const ushort StrongDateFlag = 2;
    private const int MostText = 16 * 1024;

    internal static void Write(ArrayBufferWriter<byte> output, ResumeState state)
    {
        var identity = state.Identity;
        var flags = (state.IsAdopted ? AdoptedFlag : 0) | (identity.IsLastModifiedStrong ? StrongDateFlag : 0);
        WriteUInt32(output, Magic);
        WriteUInt32(output, Version | ((uint)flags << 16));
        WriteUInt64(output, (ulong)state.Blocks.FileLength);
        WriteUInt32(output, (uint)state.Blocks.Size);
        WriteText(output, identity.Url);
        WriteUInt64(output, identity.Query);
        WriteUInt64(output, identity.Asked);
        WriteText(output, identity.ETag?.Raw ?? string.Empty);
        WriteUInt64(output, (ulong)(identity.LastModified?.ToUnixTimeSeconds() ?? long.MinValue));
        WriteText(output, string.Join('\n', state.Digests));
        WriteText(output, identity.MediaType ?? string.Empty);
        WriteBlocks(output, state.States, state.Checksums);
        WriteUInt64(output, XxHash3.HashToUInt64(output.WrittenSpan));
    }

    /// <summary>Reads a journal. Null if a single bit was changed, or if this version would write it differently.</summary>
    internal static ResumeState? Read(ReadOnlySpan<byte> bytes)
    {
        if (Parse(bytes) is not { } state)
        {
            return null;
        }

        var again = new ArrayBufferWriter<byte>(bytes.Length);
        Write(again, state);
        return again.WrittenSpan.SequenceEqual(bytes) ? state : null;
    }

    private static ResumeState? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8 || BinaryPrimitives.ReadUInt64LittleEndian(bytes[^8..]) != XxHash3.HashToUInt64(bytes[..^8]))
        {
            return null;
        }

        // The checksum proves that the bytes are unchanged, but another version or a person may have written them.
        var input = new JournalInput(bytes[..^8]);
        if (input.UInt32() != Magic || (ushort)input.UInt32(out var word) != Version)
        {
            return null;
        }

        var length = (long)input.UInt64();
        var size = (int)input.UInt32();
        var url = input.Text(MostText);
        var query = input.UInt64();
        var asked = input.UInt64();
        var tag = input.Text(MostText);
        var modified = (long)input.UInt64();
        var digests = DigestText.ReadMany(input.Text(MostText));
        var type = input.Text(MostText);
        if (input.Failed || digests is null || !Blocks.IsPossible(length, size))
        {
            return null;
        }

        var blocks = new Blocks(length, size);
        var flags = (ushort)(word >> 16);
        return ReadBlocks(ref input, blocks) is var (states, checksums)
            ? new ResumeState
            {
                Identity = new FileIdentity
                {
                    Url = url,
                    Asked = asked,
                    Query = query,
                    ETag = EntityTag.Read(tag),
                    LastModified = FileIdentity.ReadTime(modified),
                    IsLastModifiedStrong = (flags & StrongDateFlag) != 0,
                    Length = length,
                    MediaType = type.Length == 0 ? null : type,
                },
                Digests = digests,
                IsAdopted = (flags & AdoptedFlag) != 0,
                Blocks = blocks,
                States = states,
                Checksums = checksums,
            }
            : null;
    }

    private static void WriteBlocks(ArrayBufferWriter<byte> output, BlockState[] states, ulong[] checksums)
    {
        var bitmap = output.GetSpan((states.Length + 7) / 8)[..((states.Length + 7) / 8)];
        bitmap.Clear();
        for (var index = 0; index < states.Length; index++)
        {
            bitmap[index >> 3] |= (byte)(states[index] >= BlockState.Recorded ? 1 << (index & 7) : 0);
        }

        output.Advance(bitmap.Length);
        for (var index = 0; index < states.Length; index++)
        {
            if (states[index] >= BlockState.Recorded)
            {
                WriteUInt64(output, checksums[index]);
            }
        }
    }

    private static (BlockState[] States, ulong[] Checksums)? ReadBlocks(ref JournalInput input, Blocks blocks)
    {
        var bitmap = input.Bytes((blocks.Count + 7) / 8);
        if (input.Failed)
        {
            return null;
        }

        var states = new BlockState[blocks.Count];
        var checksums = new ulong[blocks.Count];
        for (var index = 0; index < states.Length; index++)
        {
            if ((bitmap[index >> 3] & (1 << (index & 7))) != 0)
            {
                states[index] = BlockState.Recorded;
                checksums[index] = input.UInt64();
            }
        }

        return input.Failed || !input.IsAtEnd ? null : (states, checksums);
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
