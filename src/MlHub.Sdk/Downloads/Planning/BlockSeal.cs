using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace MlHub.Sdk.Downloads.Planning;

/// <summary>The checksum of a file's checksums: what can be kept of them when the file is done.</summary>
internal static class BlockSeal
{
    internal static ulong Of(ReadOnlySpan<ulong> checksums) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(checksums));
}
