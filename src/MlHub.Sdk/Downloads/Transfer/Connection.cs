using System.Buffers;
using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>
/// One connection, which fetches one segment after the other with one buffer. After a fault the segment is requested again, or this connection closes. Bytes on
/// disk are kept. A fault counts as a failure only if no other connection delivers bytes.
/// </summary>
internal sealed class Connection(
    TransferJob job, Deliveries deliveries, InOrderDigest digest, RemoteFile remote, Retries retries, DownloadServices services, Action<string> onRefused)
{
    private const int BufferSize = 256 * 1024;

    // The time in which most servers respond to the first range requests. Some delay them for minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private byte[] _buffer = [];

    // The position in the file of the next byte of the body.
    private long _bodyPosition;

    // Whether bytes were received since the last fault.
    private bool IsStreaming
    {
        get;
        set
        {
            deliveries.CountStreaming((value ? 1 : 0) - (field ? 1 : 0));
            field = value;
        }
    }

    /// <summary>Reads the body of the first response, if this connection has it, and then fetches further segments.</summary>
    /// <param name="first">The first response. Null for an additional connection.</param>
    /// <param name="wanted">Returns the number of bytes to fetch next. Null if there are too many connections.</param>
    /// <param name="cancellationToken">Cancels the transfer.</param>
    /// <returns>The reason why the transfer must end. Null if it can continue.</returns>
    internal async Task<TransferEnd.Broken?> RunAsync(FirstResponse? first, Func<long?> wanted, CancellationToken cancellationToken)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            if (first is not null)
            {
                var step = await ReadFirstAsync(first, cancellationToken).ConfigureAwait(false);
                if (!step.GoesOn)
                {
                    return step.End;
                }
            }

            while (wanted() is { } bytes && job.Plan.TryTake(bytes, deliveries.MaySplit) is { } segment)
            {
                var step = await FetchAsync(segment, cancellationToken).ConfigureAwait(false);
                if (!step.GoesOn)
                {
                    return step.End;
                }
            }

            return null;
        }
        finally
        {
            IsStreaming = false;
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private async Task<Step> ReadFirstAsync(FirstResponse first, CancellationToken cancellationToken)
    {
        deliveries.FirstBodyStands = !first.Response.IsPart;
        Fault? fault;
        var segment = first.Segment;
        try
        {
            _bodyPosition = first.Response.BodyStart;
            fault = await ReadAsync(first.Response, segment, first.Round, cancellationToken).ConfigureAwait(false);
            while (fault is null && deliveries.FirstBodyStands && await NextOfWholeAsync(segment.BodyEnd, cancellationToken).ConfigureAwait(false) is { } next)
            {
                GiveBack(segment);
                segment = next;
                fault = await ReadAsync(first.Response, segment, first.Round, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            deliveries.FirstBodyStands = false;
            first.Response.Dispose();
            GiveBack(segment);
        }

        if (fault is null && first.Response.IsPart && IsReceivedCompletely(segment))
        {
            deliveries.RangeReceivedCompletely();
        }

        return fault is null ? Step.GoOn : AfterFault(fault, first.Round, hadResponse: true);
    }

    private async Task<Step> FetchAsync(Segment segment, CancellationToken cancellationToken)
    {
        Retries.Round? round = null;
        RemoteResponse? response = null;
        Fault? fault;
        try
        {
            round = await retries.AskAsync(cancellationToken).ConfigureAwait(false);
            if (!job.Plan.TryBegin(segment))
            {
                return Step.GoOn;
            }

            var reply = await AskAsync(segment, cancellationToken).ConfigureAwait(false);
            response = reply.Response;
            fault = response is null ? reply.Fault : await ReadAsync(response, segment, round, cancellationToken).ConfigureAwait(false);
            if (fault is null && IsReceivedCompletely(segment))
            {
                deliveries.RangeReceivedCompletely();
            }
            else if (fault is not null && response is not null)
            {
                deliveries.RangeBroke();
            }
        }
        finally
        {
            response?.Dispose();
            round?.Dispose();
            GiveBack(segment);
        }

        return fault is null ? Step.GoOn : AfterFault(fault, round, hadResponse: response is not null);
    }

    private async Task<Reply> AskAsync(Segment segment, CancellationToken cancellationToken)
    {
        var range = new ByteRange(segment.Position, job.Plan.Blocks.EndOf(segment));
        var reply = await remote.OpenRangeAsync(
            new RangeRequest(range, job.Identity.ETag?.ForIfRange), waits: !deliveries.OthersDeliver(IsStreaming), cancellationToken).ConfigureAwait(false);
        if (reply.Response is not { } response)
        {
            return reply;
        }

        var (verdict, why) = ResponseRules.Check(response, range, job.Identity, job.Promised.Count > 0, job.Name);
        if (verdict == RangeVerdict.WholeFile)
        {
            remote.LeaveOutIfRange();
        }

        if (verdict != RangeVerdict.Right)
        {
            response.Dispose();
            return response.Odd(why!);
        }

        _bodyPosition = response.BodyStart;
        segment.BodyEnd = Math.Min(range.End, response.ContentRange!.Range!.Value.End);
        return response;
    }

    // Decides how to handle a fault.
    private Step AfterFault(Fault fault, Retries.Round round, bool hadResponse)
    {
        var othersDeliver = deliveries.OthersDeliver(IsStreaming, hadResponse ? long.MaxValue : round.BegunAt);
        IsStreaming = false;
        if (fault.Kind == FaultKind.NoRoom)
        {
            return Step.Leave;
        }

        if (fault.IsOverload || (othersDeliver && !hadResponse && fault.Kind != FaultKind.Odd))
        {
            remote.HostOf(fault).Overloaded(round.BegunAt, services.Time.GetTimestamp());
        }

        // Some servers refuse an additional connection, with any status, an invalid response or a reset, while existing connections continue.
        if (othersDeliver && !hadResponse)
        {
            deliveries.PauseNewConnections(fault.RetryAfter);
            onRefused(fault.Message);
            return Step.Leave;
        }

        var isPassing = fault.Kind == FaultKind.Passing || (fault.Kind == FaultKind.LastingUntilBytesArrive && (job.Plan.BytesDone > 0 || deliveries.BytesArrived > 0));
        if (!isPassing && !deliveries.MayAskAgain())
        {
            // The first response of the next attempt decides how to handle it.
            return Step.EndWith(fault, round);
        }

        retries.Failed(round, fault);
        if (!othersDeliver)
        {
            return Step.GoOn;
        }

        deliveries.PauseNewConnections(fault.RetryAfter);
        return Step.Leave;
    }

    // Reads a body into its segment. The segment grows into blocks that no other connection has, because these bytes need no new request.
    private async Task<Fault?> ReadAsync(RemoteResponse response, Segment segment, Retries.Round round, CancellationToken cancellationToken)
    {
        var blocks = job.Plan.Blocks;

        // Bytes that were not requested, or that other connections have delivered.
        if (await response.SkipAsync(segment.Position - _bodyPosition, cancellationToken).ConfigureAwait(false) is { } early)
        {
            return early;
        }

        _bodyPosition = Math.Max(_bodyPosition, segment.Position);
        var body = response.OpenBody(cancellationToken);
        while (Math.Min(blocks.EndOf(segment), segment.BodyEnd) - segment.Position is > 0 and var room)
        {
            await digest.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            var count = await body.FillAsync(_buffer.AsMemory(0, (int)Math.Min(BufferSize, room))).ConfigureAwait(false);
            if (count <= 0)
            {
                return response.EndedEarly(room);
            }

            // Another connection may have taken the rest. In that case the body is ahead of the segment.
            _bodyPosition += count;
            var kept = (int)Math.Min(count, blocks.EndOf(segment) - segment.Position);
            if (kept > 0)
            {
                Store(segment, kept, round);
            }
        }

        return null;
    }


    // Unless another connection took the end of the segment.
    private bool IsReceivedCompletely(Segment segment) => _bodyPosition == segment.BodyEnd;

    // Until one range has been received completely, the body of the whole file may be the only source. If other connections have requested the next bytes, this
    // one waits up to two seconds for them to arrive. If ranges broke off before, it waits for the running ranges to end, and discards the bytes that they
    // delivered.
    private async Task<Segment?> NextOfWholeAsync(long bodyEnd, CancellationToken cancellationToken)
    {
        try
        {
            while (_bodyPosition < bodyEnd)
            {
                var taken = deliveries.RangesOnlyBreak ? job.Plan.TryTakeNext(_bodyPosition, bodyEnd) : job.Plan.TryTakeAt(_bodyPosition, bodyEnd);
                if (taken is not null)
                {
                    return taken;
                }

                var othersStream = deliveries.Streaming > 1;
                if (deliveries.RangesProved || (othersStream && !deliveries.RangesOnlyBreak))
                {
                    return null;
                }

                using var patience = new CancellationTokenSource(othersStream ? Timeout.InfiniteTimeSpan : Patience, services.Time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
                await deliveries.RangeResponded.WaitAsync(either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The range requests got no response.
        }

        return null;
    }

    private void Store(Segment segment, int count, Retries.Round round)
    {
        // The bytes go to disk first (to the page cache), then the plan and the journal are updated.
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, count);
        var position = segment.Position;
        job.Part.Write(bytes, position);
        deliveries.Arrived(count);
        if (!IsStreaming)
        {
            IsStreaming = true;
            deliveries.RangeResponded.Set();
        }

        retries.Progress(round);
        var blocks = job.Plan.Blocks;
        while (!bytes.IsEmpty)
        {
            var end = blocks.End(segment.Current);
            var piece = bytes[..(int)Math.Min(bytes.Length, end - segment.Position)];
            segment.Append(piece);
            bytes = bytes[piece.Length..];
            if (segment.Position == end)
            {
                job.Plan.Complete(segment);
                deliveries.BlockDone.Set();
            }
        }

        // Bytes after a segment's new end are fetched again by the connection that took them. They are equal, but must not be delivered twice.
        if (position + count <= blocks.EndOf(segment) && digest.TryEnqueue(_buffer, count, position))
        {
            _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        }
    }

    private void GiveBack(Segment segment)
    {
        job.Plan.Return(segment);
        deliveries.RangeResponded.Set();
    }

    /// <summary>The next step after a segment: fetch another, close this connection, or end the transfer.</summary>
    private sealed record Step(bool GoesOn, TransferEnd.Broken? End = null)
    {
        internal static Step GoOn { get; } = new(true);

        internal static Step Leave { get; } = new(false);

        internal static Step EndWith(Fault fault, Retries.Round round) => new(false, new TransferEnd.Broken(fault, round));
    }
}
