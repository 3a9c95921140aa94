using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace MlHub.Sdk.Downloads.Naming;

/// <summary>The final paths that one of several downloads has claimed: the one that it was expected to have, and the one that the answer gave it.</summary>
internal sealed class PathClaim(ConcurrentDictionary<UInt128, byte[]> holders, Uri url)
{
    private readonly byte[] _holder = Encoding.UTF8.GetBytes(RedactedUrl.Of(url).AbsoluteUri);

    /// <summary>Claims a path, which may have been claimed by the same download before.</summary>
    /// <exception cref="DownloadException">It is another one's.</exception>
    internal void Take(Target target)
    {
        var holder = holders.GetOrAdd(Key(target), _holder);
        if (!ReferenceEquals(holder, _holder))
        {
            throw new DownloadException(
                DownloadFailure.NameTaken,
                $"{Encoding.UTF8.GetString(holder)} and {RedactedUrl.Of(url)} would both become '{target.FinalPath}': fetch one of them under another name or into another directory.")
            {
                Path = target.FinalPath,
                RequestUrl = RedactedUrl.Of(url),
            };
        }
    }

    // Names that differ by case alone are one file on Windows and macOS, and would be one wherever the files are copied to.
    private static UInt128 Key(Target target)
    {
        var directory = OperatingSystem.IsLinux() ? target.Directory : target.Directory.ToUpperInvariant();
        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes($"{directory}\0{target.FileName.ToUpperInvariant()}".AsSpan()));
    }
}
