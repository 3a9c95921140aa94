using System.Runtime.ExceptionServices;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Reading;

/// <summary>
/// Fetches the bytes that a reader requests, and the bytes that it will probably request next. One run at a time fetches from a position onwards: a small range
/// first, then ranges that double in length while the reads are sequential. A read elsewhere ends the run and starts another.
/// </summary>
/// <remarks>Thread-safe, for one reader.</remarks>
internal sealed class Prefetcher : IAsyncDisposable
{
    /// <summary>The minimum length of the first range.</summary>
    internal const int FirstRange = BlockCache.BlockSize;

    // A gap of up to this length is read and discarded. On most networks, a new request would take longer.
    private const int MaxGap = 256 * 1024;

    // If the reader is busy, the connection stays open for this long. After that another reader may use the slot, because the number of connections to a host
    // is limited.
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly RemoteRanges _remote;
    private readonly BlockCache _cache;
    private readonly long _length;

    // How far the run may be ahead of the reader. The rest of the cache keeps bytes that were read before.
    private readonly long _lead;

    private readonly Wakeup _arrival = new();
    private Run? _run;
    private Task _ended = Task.CompletedTask;
    private bool _isDisposed;

    /// <param name="remote">The source of the bytes. It is disposed of together with this object.</param>
    /// <param name="cache">The cache that the bytes are stored in.</param>
    /// <param name="length">The length of the file.</param>
    /// <param name="first">A body that is already being received. Null if the whole file is in the cache.</param>
    internal Prefetcher(RemoteRanges remote, BlockCache cache, long length, RangeBody? first)
    {
        (_remote, _cache, _length) = (remote, cache, length);
        _lead = ((cache.MostBlocks * 3 / 4) - 1) * (long)BlockCache.BlockSize;
        if (first is not null)
        {
            _run = new Run(this, first.Range.Start, first.Range.Length);
            _ended = _run.FetchAsync(_ended, first);
        }
    }

    /// <summary>Copies the cached bytes from a position on. If there are none, a fetch is started.</summary>
    /// <param name="position">The position, which must be before the end of the file.</param>
    /// <param name="target">The target buffer, which must not be empty.</param>
    /// <param name="arrival">
    /// If no bytes are cached: a task that completes when some have arrived, or when this object is disposed of. The caller then reads again.
    /// </param>
    /// <returns>The number of bytes copied. 0 if none are cached yet.</returns>
    /// <exception cref="MlHubException">The bytes could not be fetched.</exception>
    internal int Read(long position, Span<byte> target, out Task arrival)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(Stream));
            var count = _cache.Read(position, target);
            if (count == 0)
            {
                _run = RunFor(position, target.Length);
                arrival = _arrival.WaitAsync();
            }
            else
            {
                arrival = Task.CompletedTask;
            }

            _run?.ReaderIsAt(position + count, wanted: count == 0 ? target.Length : 0);
            return count;
        }
    }

    /// <summary>The reader no longer waits for the arrival of bytes, so that a failure is left to its next read.</summary>
    internal void StopWaiting()
    {
        lock (_lock)
        {
            _arrival.Wake();
        }
    }

    /// <summary>Ends the present run. A pending read fails with <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _run?.Stop();
            _arrival.Wake();
        }

        await _ended.ConfigureAwait(false);
        _remote.Dispose();
    }

    // Called with the lock held.
    private Run RunFor(long position, int wanted)
    {
        if (_run is { } run && run.Brings(position))
        {
            if (run.Failure is { } failure)
            {
                // The next read retries.
                _run = null;
                failure.Throw();
            }

            return run;
        }

        _run?.Stop();
        var start = _cache.FirstMissing(position);
        var next = new Run(this, start, RangeLength(start, Math.Max(FirstRange, position + wanted - start)));
        _ended = next.FetchAsync(_ended, first: null);
        return next;
    }

    // Up to the end of a block or of the file.
    private long RangeLength(long start, long atLeast)
    {
        var blocks = (start + atLeast + BlockCache.BlockSize - 1) / BlockCache.BlockSize;
        return Math.Min(_length, blocks * BlockCache.BlockSize) - start;
    }

    /// <summary>Fetches from a position onwards. Its state is guarded by the lock.</summary>
    private sealed class Run(Prefetcher owner, long start, long length) : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Wakeup _readerMoved = new();
        private int _ranges = 1;

        // The next byte to be received, the last range that was or will be requested, and the position of the reader.
        private long _position = start;
        private long _rangeStart = start;
        private long _rangeEnd = start + length;
        private long _reader = start;

        /// <summary>The reason why it failed. Null if it did not fail, or if no read was waiting for it.</summary>
        internal ExceptionDispatchInfo? Failure { get; private set; }

        private bool IsOver { get; set; }

        private bool MayReceive => _position - _reader is var lead && lead < owner._lead && lead >= -MaxGap;

        // A reader that needed a second range reads sequentially. From then on the next range is requested before it is needed.
        private bool IsPastTheMiddle => _ranges > 1 && _reader >= _rangeStart + ((_rangeEnd - _rangeStart) / 2) && _reader <= _rangeEnd;

        /// <summary>Whether the run will deliver a byte soon, or has failed to deliver it.</summary>
        internal bool Brings(long position) =>
            (!IsOver || Failure is not null) && position >= _position && position <= _rangeEnd && position - _position <= MaxGap;

        /// <summary>Records the position of the reader, and the number of bytes that it waits for (0 if it does not wait).</summary>
        internal void ReaderIsAt(long position, int wanted)
        {
            _reader = position;
            if (_rangeEnd < owner._length && (wanted > _rangeEnd - position || IsPastTheMiddle))
            {
                var next = owner.RangeLength(_rangeEnd, Math.Max(2 * (_rangeEnd - _rangeStart), position + wanted - _rangeEnd));
                (_rangeStart, _rangeEnd) = (_rangeEnd, _rangeEnd + next);
                _ranges++;
            }

            _readerMoved.Wake();
        }

        // Continuations run asynchronously, not here with the lock held.
        internal void Stop() => _ = IsOver ? Task.CompletedTask : _stop.CancelAsync();

        /// <summary>Runs until it is stopped, fails, or reaches the end of the file. Never throws.</summary>
        /// <param name="earlier">The previous run, which must end first. Two simultaneous runs would write to the same memory.</param>
        /// <param name="first">A body that is already being received. Null to request one.</param>
        internal async Task FetchAsync(Task earlier, RangeBody? first)
        {
            // Never runs with the caller's lock held.
            await earlier.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            try
            {
                if (first is not null)
                {
                    await ReceiveAsync(first).ConfigureAwait(false);
                }

                while (await NextRangeAsync().ConfigureAwait(false) is { } range)
                {
                    await ReceiveAsync(await owner._remote.OpenAsync(range, _stop.Token).ConfigureAwait(false)).ConfigureAwait(false);
                }

                End(null);
            }
            catch (Exception failure)
            {
                End(failure);
            }
        }

        public void Dispose() => _stop.Dispose();

        private void End(Exception? failure)
        {
            lock (owner._lock)
            {
                // If no read is waiting, a later read retries.
                IsOver = true;
                Failure = failure is not null && owner._arrival.IsAwaited ? ExceptionDispatchInfo.Capture(failure) : null;
                owner._arrival.Wake();
                Dispose();
            }

            if (failure is MlHubException && Failure is null)
            {
                owner._remote.NoteIgnored(failure);
            }
        }

        // The range that remains to be requested. Null at the end of the file.
        private async Task<ByteRange?> NextRangeAsync()
        {
            while (true)
            {
                Task moved;
                lock (owner._lock)
                {
                    if (_position == owner._length)
                    {
                        return null;
                    }

                    if (_position < _rangeEnd && MayReceive)
                    {
                        return new ByteRange(_position, _rangeEnd);
                    }

                    moved = _readerMoved.WaitAsync();
                }

                await moved.WaitAsync(_stop.Token).ConfigureAwait(false);
            }
        }

        // Reads a body to its end, unless it breaks or the reader is busy for long. In these cases the missing bytes are requested again.
        private async Task ReceiveAsync(RangeBody body)
        {
            using (body)
            {
                var source = body.Response.OpenBody(_stop.Token);
                while (_position < body.Range.End && await MayReceiveSoonAsync().ConfigureAwait(false))
                {
                    var count = await source.FillAsync(Target(body.Range.End)).ConfigureAwait(false);
                    if (count <= 0)
                    {
                        owner._remote.Broke(body, body.Range.End - _position);
                        return;
                    }

                    owner._remote.Progress(body, count);
                    Add(count);
                }
            }
        }

        private async Task<bool> MayReceiveSoonAsync()
        {
            while (true)
            {
                Task moved;
                lock (owner._lock)
                {
                    if (MayReceive)
                    {
                        return true;
                    }

                    moved = _readerMoved.WaitAsync();
                }

                try
                {
                    await moved.WaitAsync(MaxPause, owner._remote.Time, _stop.Token).ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    return false;
                }
            }
        }

        private Memory<byte> Target(long end)
        {
            lock (owner._lock)
            {
                var memory = owner._cache.Take(_position, keepFrom: MayReceive ? Math.Min(_reader, _position) : _position);
                return memory[..(int)Math.Min(memory.Length, end - _position)];
            }
        }

        private void Add(int count)
        {
            lock (owner._lock)
            {
                owner._cache.Add(_position, count);
                _position += count;
                owner._arrival.Wake();
            }
        }
    }

    /// <summary>Wakes the waiting read. Guarded by the lock.</summary>
    private sealed class Wakeup
    {
        private TaskCompletionSource? _waiter;

        internal bool IsAwaited => _waiter is not null;

        internal Task WaitAsync() => (_waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        internal void Wake()
        {
            _waiter?.SetResult();
            _waiter = null;
        }
    }
}
