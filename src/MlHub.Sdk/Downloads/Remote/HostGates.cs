using System.Collections.Concurrent;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The gates of all hosts that a downloader has to do with.</summary>
internal sealed class HostGates(int limit)
{
    private readonly ConcurrentDictionary<string, HostGate> _gates = new(StringComparer.OrdinalIgnoreCase);

    internal HostGate Of(Uri url) => _gates.GetOrAdd(url.Authority, static (_, most) => new HostGate(most), limit);
}
