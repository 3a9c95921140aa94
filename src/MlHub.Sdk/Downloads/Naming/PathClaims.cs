using System.Collections.Concurrent;

namespace MlHub.Sdk.Downloads.Naming;

/// <summary>Which final path belongs to which of the downloads that were asked for together: no two may end at the same.</summary>
internal sealed class PathClaims
{
    // There may be hundreds of thousands: a hash of the path and the address in bytes is all that is kept of each.
    private readonly ConcurrentDictionary<UInt128, byte[]> _holders = new();

    /// <summary>The claims of one download.</summary>
    internal PathClaim By(Uri url) => new(_holders, url);
}
