using System.IO.Hashing;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Verification;

/// <summary>Computes a file's seal while it is read once from start to end.</summary>
internal sealed class SealReader(int granuleSize)
{
    private readonly XxHash3 _checksum = new();
    private readonly List<ulong> _checksums = [];
    private int _inGranule;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        while (granuleSize > 0 && !bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, granuleSize - _inGranule)];
            _checksum.Append(piece);
            _inGranule += piece.Length;
            bytes = bytes[piece.Length..];
            EndGranule(atLeast: granuleSize);
        }

        _checksum.Append(bytes);
    }

    internal ulong Finish()
    {
        if (granuleSize == 0)
        {
            return _checksum.GetCurrentHashAsUInt64();
        }

        EndGranule(atLeast: 1);
        return GranuleSeal.Of(_checksums.ToArray());
    }

    private void EndGranule(int atLeast)
    {
        if (_inGranule >= atLeast)
        {
            _checksums.Add(_checksum.GetCurrentHashAsUInt64());
            _checksum.Reset();
            _inGranule = 0;
        }
    }
}
