using System.Buffers;
using System.Net;
using MlHub.Sdk.Downloads.Disk;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>Fetches leases, one after the other, over one connection and through one buffer.</summary>
internal sealed class SegmentWorker(
    TransferJob job, FrontierDigest digest, RemoteOpener opener, Retries retries, DownloadContext context)
{
    private const int BufferSize = 256 * 1024;

    // As long as an honest server needs to answer the first requests for ranges, and no longer: some let them wait for minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly DownloaderSettings _options = context.Options;
    private byte[] _buffer = [];

    // Whether bytes have come since the last failure.
    private bool IsStreaming
    {
        get;
        set
        {
            job.CountStreaming((value ? 1 : 0) - (field ? 1 : 0));
            field = value;
        }
    }

    /// <summary>Reads the first answer's body as far as its lease can grow, and then, like all others, whatever is left.</summary>
    internal async Task RunAsync(RemoteAnswer? first, Lease? lease, Func<long?> wanted, CancellationToken cancellationToken)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            if (first is not null && lease is not null)
            {
                await FetchFirstAsync(lease, first, cancellationToken).ConfigureAwait(false);
            }

            // Where only the whole stream is of use, others do not stand in its way.
            while ((job.CanResume || !job.HasWholeStream) && wanted() is { } bytes && job.Plan.TryTake(bytes) is { } next
                && await TryFetchAsync(next, null, cancellationToken).ConfigureAwait(false))
            {
                // One lease after the other.
            }
        }
        finally
        {
            IsStreaming = false;
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private async Task FetchFirstAsync(Lease lease, RemoteAnswer answer, CancellationToken cancellationToken)
    {
        job.HasWholeStream = answer.Status == HttpStatusCode.OK;
        try
        {
            await TryFetchAsync(lease, answer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            job.HasWholeStream = false;
        }
    }

    /// <summary>Fetches what there is to get of a lease; false when this connection is one too many.</summary>
    private async Task<bool> TryFetchAsync(Lease lease, RemoteAnswer? answer, CancellationToken cancellationToken)
    {
        var delay = TimeSpan.Zero;
        var begunAt = _options.TimeProvider.GetTimestamp();
        try
        {
            if (answer is null)
            {
                await retries.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
                begunAt = _options.TimeProvider.GetTimestamp();
                answer = await AskAsync(lease, cancellationToken).ConfigureAwait(false);
            }

            await CopyAsync(answer, lease, cancellationToken).ConfigureAwait(false);
        }
        catch (RangesUnusable reason) when (job.HasWholeStream)
        {
            job.RangesRefused = reason.Message;
        }
        catch (NoRoomAtHost)
        {
            // With what it was to fetch it would stand in the way of those who can.
            return false;
        }
        catch (Exception refusal) when (answer is null && IsOneTooMany(refusal, begunAt))
        {
            opener.Gate.Overloaded(begunAt, _options.TimeProvider.GetTimestamp());
            DownloadLog.OneTooMany(context.Logger, job.Target.FinalPath, refusal.Message);
            return false;
        }
        catch (TransientFailure failure) when (job.CanResume)
        {
            IsStreaming = false;
            delay = retries.Note(failure, begunAt);
        }
        finally
        {
            answer?.Dispose();
            job.Plan.Return(lease);
            job.RangeAnswered.Set();
        }

        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private bool DoOthersDeliver => job.HasWholeStream || job.Streaming > (IsStreaming ? 1 : 0);

    // Some servers refuse a connection more, with a status of any kind, a wait of any length or a reset, while those that they have go on. A wait that
    // can be waited for is; and one that others delivered in is told from an outage by their bytes.
    private bool IsOneTooMany(Exception refusal, long begunAt) =>
        job.CanResume && (DoOthersDeliver || job.HasArrivedSince(begunAt))
        && (refusal is MlHubException || (refusal is TransientFailure failure && (failure.RetryAfter is null || failure.RetryAfter > _options.Transfer.MaxRetryAfter)));

    private async Task<RemoteAnswer> AskAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (!job.CanResume)
        {
            throw new RangesUnusable("the server's stream ended early, and no range can be asked for");
        }

        var range = new ByteRange(lease.Position, job.Plan.Granules.Range(0, lease.End).End);
        var answer = await opener.OpenRangeAsync(new RangeWish(range, job.Identity.ETag?.ForIfRange), waits: !DoOthersDeliver, cancellationToken).ConfigureAwait(false);
        try
        {
            RangeRules.Require(answer, range, job.Identity);
            lease.BodyEnd = answer.ContentRange!.Range!.Value.End;
            job.ProveRanges();
            job.RangeAnswered.Set();
            return answer;
        }
        catch (RangesUnusable reason) when (job.MayBeWhim())
        {
            answer.Dispose();
            throw new TransientFailure($"This time {reason.Message}.");
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private async Task CopyAsync(RemoteAnswer answer, Lease lease, CancellationToken cancellationToken)
    {
        var granules = job.Plan.Granules;
        var canGoOn = answer.Status == HttpStatusCode.OK;
        var body = await answer.OpenBodyAsync(cancellationToken).ConfigureAwait(false);
        using var guard = new StallGuard(body, answer.Scrub, _options.Transfer.StallTimeout, _options.TimeProvider, cancellationToken);
        while (true)
        {
            var room = Math.Min(granules.Range(0, lease.End).End, lease.BodyEnd) - lease.Position;
            if (room <= 0)
            {
                if (canGoOn && await TryGoOnAsync(lease, cancellationToken).ConfigureAwait(false))
                {
                    continue;
                }

                return;
            }

            await digest.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            var count = await guard.ReadAsync(_buffer.AsMemory(0, (int)Math.Min(_buffer.Length, room))).ConfigureAwait(false);
            if (count == 0)
            {
                throw new TransientFailure($"The body ended {room} bytes early.");
            }

            // Another worker may have taken the rest meanwhile: then the body is ahead of the lease.
            var kept = (int)Math.Min(count, granules.Range(0, lease.End).End - lease.Position);
            canGoOn &= kept == count;
            count = kept;
            if (count > 0)
            {
                Store(lease, count);
            }
        }
    }

    // While no range has come, the stream of the whole file may be all that there is. At what others have asked for, it waits to hear whether they get it.
    private async Task<bool> TryGoOnAsync(Lease lease, CancellationToken cancellationToken)
    {
        try
        {
            while (!job.Plan.TryGrow(lease))
            {
                if (job.HasProvedRanges || lease.Position >= lease.BodyEnd)
                {
                    return false;
                }

                using var patience = new CancellationTokenSource(Patience, _options.TimeProvider);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
                await job.RangeAnswered.WaitAsync(either.Token).ConfigureAwait(false);
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Store(Lease lease, int count)
    {
        // On disk first (in the page cache, that is), in the plan and the journal after.
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, count);
        var position = lease.Position;
        DiskWrite.RequireLength(job.File, job.Plan.Granules.FileLength);
        DiskWrite.Write(job.File, bytes, position);
        job.Arrived(bytes.Length, _options.TimeProvider.GetTimestamp());
        DownloadTelemetry.Arrived(bytes.Length);
        IsStreaming = true;
        if (job.CanResume)
        {
            retries.Progress();
        }

        var granules = job.Plan.Granules;
        while (!bytes.IsEmpty)
        {
            var end = granules.End(lease.Current);
            var piece = bytes[..(int)Math.Min(bytes.Length, end - lease.Position)];
            lease.Append(piece);
            bytes = bytes[piece.Length..];
            if (lease.Position == end)
            {
                job.Plan.Complete(lease);
                job.FrontierMoved.Set();
            }
        }

        // What lies beyond an end that was just taken away is fetched again by who took it: only what that one writes counts.
        if (position + count <= granules.Range(0, lease.End).End && digest.TryHand(_buffer, count, position))
        {
            _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        }
    }
}
