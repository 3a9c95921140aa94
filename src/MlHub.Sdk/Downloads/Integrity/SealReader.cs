using System.IO.Hashing;
using System.Runtime.InteropServices;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>Computes the seal of a file while the file is read once from start to end.</summary>
internal sealed class SealReader(int blockSize)
{
    private readonly XxHash3 _checksum = new();
    private readonly List<ulong> _checksums = [];
    private int _inBlock;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        while (blockSize > 0 && !bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, blockSize - _inBlock)];
            _checksum.Append(piece);
            _inBlock += piece.Length;
            bytes = bytes[piece.Length..];
            EndBlock(atLeast: blockSize);
        }

        _checksum.Append(bytes);
    }

    internal ulong Finish()
    {
        if (blockSize == 0)
        {
            return _checksum.GetCurrentHashAsUInt64();
        }

        EndBlock(atLeast: 1);
        return Blocks.SealOf(CollectionsMarshal.AsSpan(_checksums));
    }

    private void EndBlock(int atLeast)
    {
        if (_inBlock >= atLeast)
        {
            _checksums.Add(_checksum.GetCurrentHashAsUInt64());
            _checksum.Reset();
            _inBlock = 0;
        }
    }
}
