using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Downloads.Batch;

/// <summary>Records which download of a batch owns which final path. No two downloads may get the same path.</summary>
internal sealed class PathClaims
{
    // There may be hundreds of thousands of paths, so only a hash of the path and the bytes of the address are kept for each.
    private readonly ConcurrentDictionary<UInt128, byte[]> _holders = new();

    /// <summary>Creates a function that claims a path for one download. It may claim the same path several times.</summary>
    /// <param name="url">The address of the download.</param>
    /// <returns>The function. It throws a <see cref="DownloadException"/> if the path belongs to another download.</returns>
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
                $"{Encoding.UTF8.GetString(holder)} and {RedactedUrl.Of(url)} would both be stored as '{target.FinalPath}': download one of them under another name or into another directory.")
            {
                Path = target.FinalPath,
                RequestUrl = RedactedUrl.Of(url),
            };
        }
    }

    // Names that differ only in case are the same file on Windows and macOS, and would collide if the files were copied there.
    private static UInt128 Key(Target target)
    {
        var directory = OperatingSystem.IsLinux() ? target.Directory : target.Directory.ToUpperInvariant();
        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes($"{directory}\0{target.FileName.ToUpperInvariant()}".AsSpan()));
    }
}
