using Microsoft.Extensions.Logging;
using MlHub.Sdk.Downloads.Disk;
using MlHub.Sdk.Downloads.Journaling;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// Writes the journal: as soon as 1/256 of the file is new or a second has passed; though where writing it takes long, not so often that it
/// would take more than a fiftieth of the time, unless 1/64 of the file is new and a tenth of a second has passed.
/// </summary>
internal sealed class Recorder
{
    private const int CostRatio = 50;
    private const long LeastNews = 8 * 1024;
    private const int MuchNews = 4;
    private static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TransferJob _job;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly JournalFile _file;
    private readonly GranuleState[] _states;
    private readonly ulong[] _checksums;
    private readonly long _news;
    private long _recordedBytes;
    private long _recordedAt;
    private TimeSpan _cost = TimeSpan.FromMilliseconds(0.2);

    internal Recorder(TransferJob job, TimeProvider time, ILogger logger)
    {
        _job = job;
        _time = time;
        _logger = logger;
        _file = new JournalFile(job.Target);
        _states = new GranuleState[job.Plan.Granules.Count];
        _checksums = new ulong[job.Plan.Granules.Count];
        _news = Math.Max(LeastNews, job.Plan.Granules.FileLength / 256);
        _recordedBytes = job.Plan.BytesDone;
        _recordedAt = time.GetTimestamp();
    }

    /// <summary>How often the journal was written, and how long that took together.</summary>
    internal (int Times, TimeSpan Took) Sum { get; private set; }

    internal void RecordIfDue()
    {
        var news = _job.Plan.BytesDone - _recordedBytes;
        var elapsed = _time.GetElapsedTime(_recordedAt);
        if (news != 0 && (news >= _news || elapsed >= Interval) && (elapsed >= _cost * CostRatio || (news >= _news * MuchNews && elapsed >= LongestGap)))
        {
            Record();
        }
    }

    internal void Record()
    {
        var began = _time.GetTimestamp();
        _recordedBytes = _job.Plan.BytesDone;
        _job.Plan.CopyTo(_states, _checksums);
        TryWrite(new Journal
        {
            Identity = _job.Identity,
            AddressMark = _job.AddressMark,
            Digests = _job.ServerDigests,
            IsAdopted = _job.IsAdopted,
            Granules = _job.Plan.Granules,
            States = _states,
            Checksums = _checksums,
        });
        _recordedAt = _time.GetTimestamp();

        // One slow write (the first, which the compiler is part of, or one on a busy machine) doubles what the next may cost, and no more:
        // else a run would record nothing for a second, and a kill would lose all that came in it.
        var cost = _time.GetElapsedTime(began, _recordedAt);
        _cost = cost < _cost * 2 ? cost : _cost * 2;
        Sum = (Sum.Times + 1, Sum.Took + cost);
    }

    // A full disk has room for the file, which was reserved, and perhaps none for its journal: that costs bytes, if it is interrupted.
    private void TryWrite(Journal journal)
    {
        try
        {
            _file.Write(journal);
        }
        catch (IOException error) when (DiskErrors.IsFull(error))
        {
            DownloadLog.JournalFailed(_logger, _job.Target.FinalPath, error.Message);
        }
    }
}
