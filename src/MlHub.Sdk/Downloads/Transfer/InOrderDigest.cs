using System.Buffers;
using MlHub.Sdk.Downloads.Integrity;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// Computes the digests of a file in order while the rest is still being received. The next bytes in order are passed in their receive buffer, while they are
/// still in the processor's cache. Bytes that were received ahead of order are read back from the file. If the digest is slower than the network, the network
/// waits: fetching ahead would gain nothing, and every byte would have to be read from the file. The network does not wait if an earlier run left many bytes to
/// be digested, or if many bytes become contiguous at once because several slow connections filled the gaps.
/// </summary>
internal sealed class InOrderDigest(TransferJob job, Deliveries deliveries, TimeProvider time)
{
    private const int BufferSize = 512 * 1024;
    private const int MinQueuedBytes = 64 * 1024;
    private const int MaxQueued = 8;
    private const long MaxUndigested = 4 * 1024 * 1024;
    private const double NearlyAsFast = 0.9;
    private static readonly TimeSpan MinMeasuringTime = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly Queue<(byte[] Buffer, int Count)> _handed = new();
    private readonly bool _isWanted = job.Promised.Count > 0;
    private readonly bool _isFresh = job.Plan.BytesDone == 0;
    private readonly long _began = time.GetTimestamp();
    private TimeSpan _busy;
    private long _digested;
    private TaskCompletionSource? _room;
    private long _claimed;
    private bool _heldBack;

    /// <summary>Whether to start with one connection, until it is known whether the network or the digest is faster.</summary>
    internal bool MayLimitTheRate => _isWanted && _isFresh;

    private bool IsBehind => _handed.Count >= MaxQueued || job.Plan.ContiguousBytes - _claimed > MaxUndigested;

    private bool LimitsTheRate => MayLimitTheRate && _busy > MinMeasuringTime
        && deliveries.BytesArrived / time.GetElapsedTime(_began).TotalSeconds >= NearlyAsFast * _digested / _busy.TotalSeconds;

    private bool HasRoom => _handed.Count <= MaxQueued / 2 && job.Plan.ContiguousBytes <= _claimed;

    /// <summary>Digests the whole file as its bytes become available.</summary>
    internal async Task<(DownloadVerification Verified, string? Difference)> RunAsync(CancellationToken cancellationToken)
    {
        using var digests = new DigestSet(job.Promised);
        if (digests.IsEmpty)
        {
            return digests.Finish();
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var position = 0L; position < job.Plan.Blocks.FileLength;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var begunAt = time.GetTimestamp();
                var count = DigestQueued(digests) ?? DigestFile(digests, buffer);
                position += count;
                Measure(count, time.GetElapsedTime(begunAt));
                if (count == 0)
                {
                    await deliveries.BlockDone.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            return digests.Finish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Takes over a buffer if it is the next to be digested and the queue has space.</summary>
    /// <returns>Whether it was taken. In that case the caller must not use it any more and needs another one.</returns>
    internal bool TryEnqueue(byte[] buffer, int count, long position)
    {
        if (!_isWanted || count < MinQueuedBytes)
        {
            return false;
        }

        lock (_lock)
        {
            if (position != _claimed || _handed.Count == MaxQueued)
            {
                return false;
            }

            _claimed += count;
            _handed.Enqueue((buffer, count));
        }

        deliveries.BlockDone.Set();
        return true;
    }

    /// <summary>Waits while the digest is slower than the network and too many received bytes are not digested yet.</summary>
    internal Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        if (!MayLimitTheRate)
        {
            return Task.CompletedTask;
        }

        lock (_lock)
        {
            if (!IsBehind || !LimitsTheRate)
            {
                return Task.CompletedTask;
            }

            // Bytes within a block do not set the signal. The digest must not sleep while the network waits for it.
            deliveries.BlockDone.Set();
            _heldBack = true;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Whether the network had to wait since the last call.</summary>
    internal bool TakeHeldBack()
    {
        lock (_lock)
        {
            var was = _heldBack || _room is not null;
            _heldBack = false;
            return was;
        }
    }

    private void Measure(int count, TimeSpan took)
    {
        lock (_lock)
        {
            _digested += count;
            _busy += count == 0 ? TimeSpan.Zero : took;
        }

        MakeRoom();
    }

    private int? DigestQueued(DigestSet digests)
    {
        (byte[] Buffer, int Count) handed;
        lock (_lock)
        {
            if (!_handed.TryDequeue(out handed))
            {
                return null;
            }
        }

        digests.Append(handed.Buffer.AsSpan(0, handed.Count));
        ArrayPool<byte>.Shared.Return(handed.Buffer);
        return handed.Count;
    }

    private int DigestFile(DigestSet digests, byte[] buffer)
    {
        long position;
        int count;
        lock (_lock)
        {
            // A buffer that is being passed right now may or may not count as contiguous yet.
            position = _claimed;
            count = (int)Math.Clamp(job.Plan.ContiguousBytes - position, 0, buffer.Length);
            if (_handed.Count > 0 || count == 0)
            {
                return 0;
            }

            _claimed += count;
        }

        if (job.Part.Read(buffer.AsSpan(0, count), position) < count)
        {
            throw new IOException("The temporary file is shorter than the data written to it: another program truncated it.");
        }

        digests.Append(buffer.AsSpan(0, count));
        return count;
    }

    private void MakeRoom()
    {
        TaskCompletionSource? room = null;
        lock (_lock)
        {
            if (_room is not null && HasRoom)
            {
                (room, _room) = (_room, null);
            }
        }

        room?.SetResult();
    }
}
