using MlHub.Sdk.Tests.Downloads;

namespace MlHub.Sdk.Tests.Reading;

/// <summary>Reading here and there fetches little; reading in sequence asks for few and long ranges, ahead of the reader.</summary>
public sealed class PaceTests : ReadingTest
{
    private const int KiB = 1024;

    // A reader that is busy for so long gives its connection back.
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Random_reads_fetch_little_more_than_they_return()
    {
        await using var stream = await OpenAsync();

        foreach (var position in (int[])[2_900_000, 300_000, 1_700_000, 900_000, 2_400_000])
        {
            await AssertReadsAsync(stream, position, 1000);
        }

        Assert.Equal(6, Server.Requests.Count);
        Assert.All(Server.Requests, request => Assert.InRange(LengthOf(request), 1, 64 * KiB));
    }

    [Fact]
    public async Task A_large_read_is_one_request()
    {
        await using var stream = await OpenAsync();

        await AssertReadsAsync(stream, 1_000_000, 1_000_000);

        Assert.Equal(2, Server.Requests.Count);
        Assert.InRange(LengthOf(Server.Requests.Last()), 1_000_000, 1_000_000 + (64 * KiB));
    }

    [Fact]
    public async Task Sequential_reads_request_ranges_of_doubling_length_and_no_byte_twice()
    {
        await using var stream = await OpenAsync();
        var buffer = new byte[4096];

        while (await stream.ReadAsync(buffer) > 0)
        {
        }

        Assert.Equal([32 * KiB, 64 * KiB, 128 * KiB, 256 * KiB, 512 * KiB, 1024 * KiB, Size - (2016 * KiB)], Server.Requests.Select(LengthOf));
        Assert.Equal(Size, Server.BodyBytes);
    }

    [Fact]
    public async Task The_next_range_is_fetched_before_the_reader_needs_it()
    {
        await using var stream = await OpenAsync();
        await AssertReadsAsync(stream, 0, 32 * KiB);
        Assert.Single(Server.Requests);

        // The second range, and half of it.
        await AssertReadsAsync(stream, 32 * KiB, 32 * KiB);

        await Server.AskedAsync(3);
        Assert.Equal((96 * KiB, (224 * KiB) - 1), Server.Requests.Last().Range);
    }

    [Fact]
    public async Task The_last_bytes_read_are_not_fetched_again()
    {
        await using var stream = await OpenAsync();
        await AssertReadsAsync(stream, 2_000_000, 1000);
        await AssertReadsAsync(stream, 1_000_000, 1000);

        await AssertReadsAsync(stream, 2_000_000, 1000);
        await AssertReadsAsync(stream, 0, 1000);
        await AssertReadsAsync(stream, 1_000_000, 1000);

        Assert.Equal(3, Server.Requests.Count);
    }

    [Fact]
    public async Task A_small_gap_is_read_and_discarded()
    {
        await using var stream = await OpenAsync();
        await AssertReadsAsync(stream, 0, 200_000);

        // The next range is on its way.
        for (var position = 250_000; position < 400_000; position += 50_000)
        {
            await AssertReadsAsync(stream, position, 100);
        }

        Assert.Equal(3, Server.Requests.Count);
        Assert.Equal(Server.Requests.Sum(LengthOf), Server.Requests.Max(request => request.Range!.Value.Last!.Value + 1));
    }

    [Fact]
    public async Task No_more_bytes_are_received_ahead_of_the_reader_than_the_stream_may_hold()
    {
        Stream? stream = null;
        var (received, tooMany) = (0L, 0L);
        using var meter = new MeteredHandler(count =>
        {
            received += count;
            tooMany = Math.Max(tooMany, received - (stream?.Position ?? 0));
        });
        await using var opened = stream = await NewClient(setup => setup.Handler = meter).OpenReadAsync(Url, Small);

        await AssertReadsRestAsync(stream);

        Assert.Equal(Size, received);
        Assert.InRange(tooMany, 1, Small.BufferSize);
    }

    [Fact]
    public async Task A_slow_reader_releases_its_connection_and_continues_later()
    {
        var time = new TimersOnDemand(MaxPause);
        var client = NewClient(setup => (setup.Clock, setup.Transfer.MaxConnectionsPerHost) = (time, 1));
        await using var first = await client.OpenReadAsync(Url, Small);
        await AssertReadsAsync(first, 0, 1_000_000);

        var opening = client.OpenReadAsync(Url, Small);
        await ElapseUntilAsync(time, opening);
        await using var second = await opening;
        await ElapseUntilAsync(time, AssertReadsAsync(second, 2_000_000, 1000));
        await ElapseUntilAsync(time, AssertReadsRestAsync(first));
    }

    [Fact]
    public async Task Many_streams_of_one_host_are_read_in_turn()
    {
        var time = new TimersOnDemand(MaxPause);
        var client = NewClient(setup => (setup.Clock, setup.Transfer.MaxConnectionsPerHost) = (time, 2));
        var opening = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.OpenReadAsync(Url, Small)));
        await ElapseUntilAsync(time, opening);
        var streams = await opening;

        for (var position = 0; position < Size; position += 250_000)
        {
            foreach (var stream in streams)
            {
                await ElapseUntilAsync(time, AssertReadsAsync(stream, position, 250_000));
            }
        }

        await Task.WhenAll(streams.Select(stream => stream.DisposeAsync().AsTask()));
    }

    private static async Task ElapseUntilAsync(TimersOnDemand time, Task done)
    {
        while (!done.IsCompleted)
        {
            time.Elapse();
            await Task.Yield();
        }

        await done;
    }

    private static int LengthOf(ScriptedRequest request) => request.Range is (var start, { } last) ? Math.Min(last, Size - 1) + 1 - start : Size;

    /// <summary>Tells of each piece of a body that is read.</summary>
    private sealed class MeteredHandler(Action<int> onBytes) : DelegatingHandler(Sockets.Create(TimeSpan.FromSeconds(10)))
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var metered = new StreamContent(new MeteredStream(await response.Content.ReadAsStreamAsync(cancellationToken), onBytes));
            foreach (var (name, values) in response.Content.Headers.NonValidated)
            {
                metered.Headers.TryAddWithoutValidation(name, values);
            }

            response.Content = metered;
            return response;
        }
    }

    private sealed class MeteredStream(Stream body, Action<int> onBytes) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await body.ReadAsync(buffer, cancellationToken);
            onBytes(count);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            body.Dispose();
            base.Dispose(disposing);
        }
    }
}
