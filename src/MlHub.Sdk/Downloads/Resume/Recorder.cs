using System.Buffers;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Resume;

/// <summary>
/// Writes the journal when 1/256 of the file is new, or after one second. If writing is slow, the journal is written less often, so that it takes at most 2 %
/// of the time, unless 1/64 of the file is new and 0.1 seconds have passed.
/// </summary>
internal sealed class Recorder
{
    private const int CostRatio = 50;
    private const long MinNewBytes = 8 * 1024;
    private const int MuchNews = 4;
    private static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly PartFile _part;
    private readonly Plan _plan;
    private readonly ResumeState _state;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _onFailure;
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly long _news;
    private long _recordedBytes;
    private long _recordedAt;
    private TimeSpan _cost = TimeSpan.FromMilliseconds(0.2);

    /// <param name="part">The file.</param>
    /// <param name="plan">The plan with the state of the blocks.</param>
    /// <param name="identity">The identity of the remote file.</param>
    /// <param name="digests">The digests that the server sent.</param>
    /// <param name="isAdopted">Whether some bytes come from a file of unknown origin.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onFailure">
    /// Called if the journal could not be written. The only effect is that more bytes are downloaded again after an interruption.
    /// </param>
    internal Recorder(
        PartFile part, Plan plan, FileIdentity identity, IReadOnlyList<FileDigest> digests, bool isAdopted, TimeProvider time, Action<Exception> onFailure)
    {
        (_part, _plan, _time, _onFailure) = (part, plan, time, onFailure);
        _state = new ResumeState
        {
            Identity = identity,
            Digests = digests,
            IsAdopted = isAdopted,
            Blocks = plan.Blocks,
            States = new BlockState[plan.Blocks.Count],
            Checksums = new ulong[plan.Blocks.Count],
        };
        _news = Math.Max(MinNewBytes, plan.Blocks.FileLength / 256);
        _recordedBytes = plan.BytesDone;
        _recordedAt = time.GetTimestamp();
    }

    /// <summary>The number of times that the journal was written, and the total time that this took.</summary>
    internal (int Times, TimeSpan Took) Sum { get; private set; }

    internal void RecordIfDue()
    {
        var news = _plan.BytesDone - _recordedBytes;
        var elapsed = _time.GetElapsedTime(_recordedAt);
        if (news != 0 && (news >= _news || elapsed >= Interval) && (elapsed >= _cost * CostRatio || (news >= _news * MuchNews && elapsed >= LongestGap)))
        {
            Record();
        }
    }

    internal void Record()
    {
        var began = _time.GetTimestamp();
        _recordedBytes = _plan.BytesDone;
        _plan.CopyTo(_state.States, _state.Checksums);
        _bytes.ResetWrittenCount();
        JournalFormat.Write(_bytes, _state);
        TryWrite();
        _recordedAt = _time.GetTimestamp();

        // One slow write (the first, which includes JIT compilation, or one on a busy machine) at most doubles the estimated cost of the next. Otherwise
        // nothing would be recorded for a second, and a kill would lose all bytes of that second.
        var cost = _time.GetElapsedTime(began, _recordedAt);
        _cost = cost < _cost * 2 ? cost : _cost * 2;
        Sum = (Sum.Times + 1, Sum.Took + cost);
    }

    private void TryWrite()
    {
        try
        {
            _part.WriteJournal(_bytes.WrittenSpan);
        }
        catch (Exception error) when (DiskErrors.IsDiskError(error))
        {
            // A full disk may have space for the file, which was reserved, but not for its journal.
            _onFailure(error);
        }
    }
}
