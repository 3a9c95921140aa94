using Microsoft.Win32.SafeHandles;
using MlHub.Sdk.Downloads.Naming;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>What the parts of one transfer share.</summary>
internal sealed class TransferJob
{
    // More answers that are no ranges, one after the other, are no whim of one of several servers.
    private const int MostWhims = 3;
    private long _bytesArrived;
    private long _arrivedAt = long.MinValue;
    private int _streaming;
    private int _whims;
    private bool _hasWholeStream;
    private bool _hasProvedRanges;
    private string? _rangesRefused;

    internal required Target Target { get; init; }

    internal required RemoteIdentity Identity { get; init; }

    /// <summary>What tells the address asked for from others that lead to the same place.</summary>
    internal ulong AddressMark { get; init; }

    internal required IReadOnlyList<FileDigest> ServerDigests { get; init; }

    internal required IReadOnlyList<FileDigest> PromisedDigests { get; init; }

    /// <summary>Whether ranges may be asked for: the server honours them, and sameness can be proved.</summary>
    internal required bool MayUseRanges { get; init; }

    /// <summary>Whether the body of the whole file is being read: then all can still go well without ranges.</summary>
    internal bool HasWholeStream { get => Volatile.Read(ref _hasWholeStream); set => Volatile.Write(ref _hasWholeStream, value); }

    /// <summary>Set when the server turned out not to honour ranges while the whole file's body is being read.</summary>
    internal string? RangesRefused { get => Volatile.Read(ref _rangesRefused); set => Volatile.Write(ref _rangesRefused, value); }

    /// <summary>Whether a range came as it was asked for.</summary>
    internal bool HasProvedRanges => Volatile.Read(ref _hasProvedRanges);

    /// <summary>How many connections are delivering.</summary>
    internal int Streaming => Volatile.Read(ref _streaming);

    /// <summary>Set when it is known more of a range that was asked for: it came, or was given back.</summary>
    internal Signal RangeAnswered { get; } = new();

    /// <summary>Whether a range may be asked for now.</summary>
    internal bool CanResume => MayUseRanges && RangesRefused is null;

    internal required bool IsAdopted { get; init; }

    internal required bool Flush { get; init; }

    internal int? Connections { get; init; }

    internal required Plan Plan { get; init; }

    internal required SafeFileHandle File { get; init; }

    /// <summary>Set when a granule more is there; for whoever follows the frontier.</summary>
    internal Signal FrontierMoved { get; } = new();

    /// <summary>The bytes that this transfer has got from the network.</summary>
    internal long BytesArrived => Interlocked.Read(ref _bytesArrived);

    /// <summary>Notes bytes, and when they came by the clock that requests are timed by.</summary>
    internal void Arrived(int bytes, long now)
    {
        Interlocked.Add(ref _bytesArrived, bytes);
        Volatile.Write(ref _arrivedAt, now);
    }

    /// <summary>Whether bytes have come on any connection since a moment.</summary>
    internal bool HasArrivedSince(long moment) => Volatile.Read(ref _arrivedAt) >= moment;

    internal void CountStreaming(int more) => Interlocked.Add(ref _streaming, more);

    /// <summary>Notes that a range came as it was asked for.</summary>
    internal void ProveRanges()
    {
        Volatile.Write(ref _hasProvedRanges, true);
        Volatile.Write(ref _whims, 0);
    }

    /// <summary>Whether an answer that is no range may be a whim, since others were: behind one name there may be several servers.</summary>
    internal bool MayBeWhim() => HasProvedRanges && Interlocked.Increment(ref _whims) <= MostWhims;
}
