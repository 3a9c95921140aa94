using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Downloads.Batch;

/// <summary>Which final path belongs to which of the downloads that were asked for together. No two may end at the same path.</summary>
internal sealed class PathClaims
{
    // There may be hundreds of thousands: of each, only a hash of the path and the bytes of the address are kept.
    private readonly ConcurrentDictionary<UInt128, byte[]> _holders = new();

    /// <summary>The claims of one download: a function that takes a path for it, which it may have taken before.</summary>
    /// <param name="url">The address of the download.</param>
    /// <returns>The function. It throws a <see cref="DownloadException"/> when the path is another download's.</returns>
    internal Action<Target> By(Uri url)
    {
        var mine = Encoding.UTF8.GetBytes(RedactedUrl.Of(url).AbsoluteUri);
        return target => Take(target, url, mine);
    }

    private void Take(Target target, Uri url, byte[] mine)
    {
        var holder = _holders.GetOrAdd(Key(target), mine);
        if (!ReferenceEquals(holder, mine))
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
