using System.Net.Security;
using System.Text;
using FsCheck.Xunit;

namespace MlHub.Sdk.Tests.Sending;

public sealed class ReadAheadStreamTests
{
    [Property(MaxTest = 300)]
    public void Every_byte_is_returned_once_and_in_order(byte[] bytes, byte[] pieces, byte[] reads, byte capacity)
    {
        using var inner = new PiecemealStream(bytes, pieces);
        using var stream = new ReadAheadStream(inner, capacity + 1);
        var arrived = new List<byte>();
        var turn = 0;
        while (true)
        {
            var buffer = new byte[reads.Length == 0 ? 3 : reads[turn++ % reads.Length] % 40];
            var count = turn % 2 == 0 ? stream.Read(buffer, 0, buffer.Length) : Now(stream.ReadAsync(buffer));
            if (count == 0 && (buffer.Length > 0 || turn > 10_000))
            {
                break;
            }

            arrived.AddRange(buffer[..count]);
            if (reads.All(read => read % 40 == 0))
            {
                reads = [];
            }
        }

        Assert.Equal(bytes, arrived);
    }

    [Fact]
    public async Task Several_small_reads_cause_one_read_of_the_inner_stream()
    {
        using var inner = new PiecemealStream(new byte[1000], [200]);
        using var stream = new ReadAheadStream(inner, 128);

        for (var read = 0; read < 12; read++)
        {
            Assert.Equal(10, await stream.ReadAsync(new byte[10]));
        }

        Assert.Equal(8, await stream.ReadAsync(new byte[10]));
        Assert.Equal([128], inner.Asked);
    }

    [Fact]
    public async Task A_short_read_of_the_inner_stream_is_returned_immediately()
    {
        using var inner = new PiecemealStream(new byte[1000], [3]);
        using var stream = new ReadAheadStream(inner, 128);

        Assert.Equal(3, await stream.ReadAsync(new byte[10]));
    }

    [Fact]
    public async Task A_read_as_large_as_the_buffer_bypasses_it()
    {
        using var inner = new PiecemealStream(new byte[1000], [255]);
        using var stream = new ReadAheadStream(inner, 128);

        Assert.Equal(200, await stream.ReadAsync(new byte[200]));
        Assert.Equal([200], inner.Asked);
    }

    [Fact]
    public async Task A_large_read_returns_the_buffered_bytes_first()
    {
        using var inner = new PiecemealStream([1, 2, 3, 4, 5], [4]);
        using var stream = new ReadAheadStream(inner, 128);
        var buffer = new byte[200];

        Assert.Equal(1, await stream.ReadAsync(buffer.AsMemory(0, 1)));
        Assert.Equal(3, await stream.ReadAsync(buffer.AsMemory(1)));
        Assert.Equal(1, await stream.ReadAsync(buffer.AsMemory(4)));
        Assert.Equal([1, 2, 3, 4, 5], buffer[..5]);
    }

    [Fact]
    public async Task An_empty_read_returns_immediately_while_bytes_are_buffered()
    {
        using var inner = new PiecemealStream(new byte[10], [10]);
        using var stream = new ReadAheadStream(inner, 128);
        Assert.Equal(1, await stream.ReadAsync(new byte[1]));

        var asking = stream.ReadAsync(Memory<byte>.Empty);

        Assert.True(asking.IsCompletedSuccessfully);
        Assert.Equal(0, await asking);
        Assert.Equal([128], inner.Asked);
    }

    [Fact]
    public async Task An_empty_read_is_passed_down_when_nothing_is_buffered()
    {
        using var inner = new PiecemealStream(new byte[10], [10]);
        using var stream = new ReadAheadStream(inner, 128);

        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));
        Assert.Equal([0], inner.Asked);
    }

    [Fact]
    public async Task A_read_after_the_end_returns_no_bytes()
    {
        using var stream = new ReadAheadStream(new MemoryStream(), 128);

        Assert.Equal(0, await stream.ReadAsync(new byte[10]));
        Assert.Equal(0, await stream.ReadAsync(new byte[10]));
    }

    [Fact]
    public async Task A_read_that_failed_can_be_repeated()
    {
        using var inner = new PendingStream();
        using var stream = new ReadAheadStream(inner, 128);

        var first = stream.ReadAsync(new byte[10]);
        inner.Answer.SetException(new IOException("reset"));
        await Assert.ThrowsAsync<IOException>(async () => await first);

        inner.Answer = new();
        var second = stream.ReadAsync(new byte[10]);
        inner.Answer.SetResult(5);
        Assert.Equal(5, await second);
    }

    [Fact]
    public async Task A_second_read_during_a_pending_read_is_rejected()
    {
        using var inner = new PendingStream();
        using var stream = new ReadAheadStream(inner, 128);

        var first = stream.ReadAsync(new byte[10]);
        await Assert.ThrowsAsync<NotSupportedException>(async () => _ = await stream.ReadAsync(new byte[10]));
        inner.Answer.SetResult(1);

        Assert.Equal(1, await first);
    }

    [Fact]
    public async Task Disposal_during_a_read_leaves_its_buffer_to_the_read()
    {
        var inner = new PendingStream();
        var stream = new ReadAheadStream(inner, 128);

        var reading = stream.ReadAsync(new byte[10]);
        await stream.DisposeAsync();
        inner.Target.Span.Fill(7);
        inner.Answer.SetResult(10);

        Assert.Equal(10, await reading);
        Assert.True(inner.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => _ = await stream.ReadAsync(new byte[10]));
    }

    [Fact]
    public async Task Writes_are_passed_to_the_inner_stream()
    {
        using var inner = new MemoryStream();
        using var stream = new ReadAheadStream(inner);

        await stream.WriteAsync(new byte[] { 1, 2 });
        stream.Write([3]);
        stream.Write([4, 5], 1, 1);
        await stream.FlushAsync();

        Assert.Equal([1, 2, 3, 5], inner.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Large_bodies_over_TLS_are_received_completely_on_one_connection(bool isTunnelled)
    {
        var body = new byte[1_000_000];
        new Random(1).NextBytes(body);
        using var certificate = Certificates.Create(isTunnelled ? "data.example.test" : "localhost", daysLeft: 9);
        using var server = new LoopbackServer(async stream =>
        {
            if (isTunnelled)
            {
                await LoopbackServer.ReadHeadAsync(stream);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
            }

            using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(certificate);
            while ((await LoopbackServer.ReadHeadAsync(tls)).Length > 0)
            {
                await tls.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n"));
                await tls.WriteAsync(body);
            }
        });
        var proxy = isTunnelled ? $"127.0.0.1:{server.Port}" : null;
        using var handler = Sockets.Create(TimeSpan.FromSeconds(30), 8, name => name == "all_proxy" ? proxy : null, HappyEyeballs.Default);
        Certificates.Trust(handler, certificate);
        using var http = new HttpClient(handler, disposeHandler: false);
        for (var request = 0; request < 3; request++)
        {
            Assert.Equal(body, await http.GetByteArrayAsync(new Uri(isTunnelled ? "https://data.example.test/" : $"https://localhost:{server.Port}/")));
        }

        Assert.Equal(1, server.Connections);
    }

    /// <summary>The streams here complete at once.</summary>
    private static int Now(ValueTask<int> read)
    {
        Assert.True(read.IsCompletedSuccessfully);
        return read.GetAwaiter().GetResult();
    }

    /// <summary>Gives no more at a time than its next piece, as a socket does.</summary>
    private sealed class PiecemealStream(byte[] bytes, byte[] pieces) : MemoryStream(bytes)
    {
        private int _turn;

        public List<int> Asked { get; } = [];

        public override int Read(Span<byte> buffer)
        {
            Asked.Add(buffer.Length);
            var most = pieces.Length == 0 ? int.MaxValue : Math.Max((int)pieces[_turn++ % pieces.Length], 1);
            var some = new byte[Math.Min(buffer.Length, most)];
            var count = base.Read(some, 0, some.Length);
            some.AsSpan(0, count).CopyTo(buffer);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
    }

    /// <summary>A read ends when the test says so.</summary>
    private sealed class PendingStream : MemoryStream
    {
        public TaskCompletionSource<int> Answer { get; set; } = new();

        public Memory<byte> Target { get; private set; }

        public bool IsDisposed { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Target = buffer;
            return await Answer.Task;
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
