using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Assets.Fetching;

/// <summary>The files of one host that wait. A host that is overloaded slows down only its own files.</summary>
/// <param name="limit">The number of connections that the host may have. Null for no limit.</param>
internal sealed class HostQueue(HostLimit? limit)
{
    internal Queue<AssetWork> Waiting { get; } = new();

    /// <summary>The number of its files that are being fetched.</summary>
    internal int Running { get; set; }

    /// <summary>The timestamp until which no request may be sent.</summary>
    internal long PausedUntil { get; private set; } = long.MinValue;

    /// <summary>Whether it answered a request.</summary>
    internal bool HasAnswered { get; set; }

    internal bool IsReady(long now) => PausedUntil <= now && (limit is null || Running < limit.Current);

    /// <summary>Makes all files of the host wait.</summary>
    internal void Pause(long begunAt, long now, long until)
    {
        limit?.Overloaded(begunAt, now);
        PausedUntil = Math.Max(PausedUntil, until);
    }
}
