namespace MlHub.Sdk.Tests.Reading;

/// <summary>A remote file behaves as a stream over a local file does.</summary>
public sealed class StreamTests : ReadingTest
{
    [Fact]
    public async Task A_file_is_read_from_start_to_end()
    {
        await using var stream = await OpenAsync();

        Assert.Equal((Size, 0), (stream.Length, stream.Position));
        await AssertReadsRestAsync(stream);
        Assert.Equal(Size, stream.Position);
        Assert.Equal(0, await stream.ReadAsync(new byte[10]));
    }

    [Fact]
    public async Task A_file_can_be_read_with_every_read_method()
    {
        await using var stream = await OpenAsync();
        var bytes = new byte[100];

        Assert.Equal(Remote.Bytes[0], stream.ReadByte());
        stream.ReadExactly(bytes, 0, 50);
        stream.ReadExactly(bytes.AsSpan(50));
        Assert.Equal(Remote.Bytes[1..101], bytes);
        Assert.Equal(100, await stream.ReadAtLeastAsync(bytes, 100));
        Assert.Equal(Remote.Bytes[101..201], bytes);
#pragma warning disable CA1835 // Older code reads in this way.
        Assert.Equal(20, await stream.ReadAsync(bytes, 10, 20, CancellationToken.None));
#pragma warning restore CA1835
        Assert.Equal(Remote.Bytes[201..221], bytes[10..30]);
        Assert.Equal(10, stream.EndRead(stream.BeginRead(bytes, 0, 10, null, null)));
        Assert.Equal(Remote.Bytes[221..231], bytes[..10]);

        stream.Position = Size - 1;
        Assert.Equal(Remote.Bytes[^1], stream.ReadByte());
        Assert.Equal(-1, stream.ReadByte());
        stream.Position = Size - 1000;
        using var rest = new MemoryStream();
        stream.CopyTo(rest);
        Assert.Equal(Remote.Bytes[^1000..], rest.ToArray());
    }

    [Fact]
    public async Task A_read_returns_fewer_bytes_than_requested_only_at_the_end()
    {
        Remote.Twist = (_, answer) => answer with { PieceSize = 1000 };
        await using var stream = await OpenAsync();
        var bytes = new byte[Size];

        Assert.Equal(1_000_000, await stream.ReadAsync(bytes.AsMemory(0, 1_000_000)));
        Assert.Equal(1_500_000, stream.Read(bytes.AsSpan(1_000_000, 1_500_000)));
        Assert.Equal(500_000, await stream.ReadAsync(bytes.AsMemory(2_500_000)));
        stream.Position = Size - 100;
        Assert.Equal(100, await stream.ReadAsync(new byte[1000]));
        Assert.Equal(Remote.Bytes, bytes);
    }

    [Fact]
    public async Task A_stream_seeks_relative_to_the_start_the_position_and_the_end()
    {
        await using var stream = await OpenAsync();

        Assert.Equal(1_000_000, stream.Seek(1_000_000, SeekOrigin.Begin));
        Assert.Equal(1_500_000, stream.Seek(500_000, SeekOrigin.Current));
        Assert.Equal(Size - 10, stream.Seek(-10, SeekOrigin.End));
        await AssertReadsRestAsync(stream);
        Assert.Throws<IOException>(() => stream.Seek(-1, SeekOrigin.Begin));
        Assert.Throws<IOException>(() => stream.Seek(-Size - 1, SeekOrigin.End));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Position = -1);
        Assert.Equal(Size, stream.Position);
    }

    [Fact]
    public async Task A_read_beyond_the_end_returns_nothing_and_sends_no_request()
    {
        await using var stream = await OpenAsync();
        await AssertReadsAsync(stream, 0, 10);
        var asked = Server.Requests.Count;

        stream.Position = long.MaxValue;

        Assert.Equal(0, await stream.ReadAsync(new byte[10]));
        Assert.Equal(-1, stream.ReadByte());
        Assert.Equal(long.MaxValue, stream.Position);
        Assert.Equal(asked, Server.Requests.Count);
        await AssertReadsAsync(stream, 2_000_000, 10);
    }

    [Fact]
    public async Task A_read_of_zero_bytes_returns_none()
    {
        await using var stream = await OpenAsync();
        stream.Position = 2_000_000;

        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));
        Assert.Equal(0, stream.Read([]));
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32 * 1024)]
    [InlineData((32 * 1024) + 1)]
    [InlineData(256 * 1024)]
    [InlineData((256 * 1024) + 1)]
    public async Task A_file_of_any_size_is_read(int size)
    {
        Remote.Bytes = Remote.Bytes[..size];

        await using var stream = await OpenAsync();

        Assert.Equal(size, stream.Length);
        await AssertReadsRestAsync(stream);
        stream.Position = 0;
        await AssertReadsRestAsync(stream);
    }

    [Fact]
    public async Task A_stream_supports_reading_and_seeking_until_it_is_disposed_of_and_never_writing()
    {
        var stream = await OpenAsync();
        Assert.True(stream is { CanRead: true, CanSeek: true, CanWrite: false, CanTimeout: false });
        Assert.Throws<NotSupportedException>(() => stream.SetLength(0));
        Assert.Throws<NotSupportedException>(() => stream.WriteByte(1));
        await stream.FlushAsync();

        await stream.DisposeAsync();
        await stream.DisposeAsync();

        Assert.True(stream is { CanRead: false, CanSeek: false });
        Assert.Throws<ObjectDisposedException>(() => stream.ReadByte());
        Assert.Throws<ObjectDisposedException>(() => stream.Position);
        Assert.Throws<ObjectDisposedException>(() => stream.Length);
        Assert.Throws<ObjectDisposedException>(() => stream.Seek(0, SeekOrigin.Begin));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.ReadExactlyAsync(new byte[1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pending_read_ends_when_the_stream_is_disposed_of(bool isSynchronous)
    {
        Remote.Twist = (request, answer) => request.Number == 1 ? answer : answer with { Silent = true };
        var stream = await OpenAsync();
        stream.Position = 2_000_000;
        var read = isSynchronous ? Task.Run(() => stream.ReadByte()) : stream.ReadAsync(new byte[10]).AsTask();
        await Server.AskedAsync(2);

        await stream.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read);
    }

    [Fact]
    public async Task A_cancelled_read_does_not_change_the_stream()
    {
        var hold = new TaskCompletionSource();
        Remote.Twist = (request, answer) => request.Number == 1 ? answer : answer with { BeforeHead = stop => hold.Task.WaitAsync(stop) };
        await using var stream = await OpenAsync();
        stream.Position = 2_000_000;
        using var cancel = new CancellationTokenSource();
        var read = stream.ReadAsync(new byte[10], cancel.Token).AsTask();
        await Server.AskedAsync(2);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal(2_000_000, stream.Position);
        hold.SetResult();
        await AssertReadsAsync(stream, 2_000_000, 10);
        Assert.Equal(2, Server.Requests.Count);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.ReadExactlyAsync(new byte[10], cancel.Token));
    }

    [Fact]
    public async Task Opening_can_be_cancelled()
    {
        Remote.Twist = (_, answer) => answer with { Silent = true };
        using var cancel = new CancellationTokenSource();
        var opening = NewClient().OpenReadAsync(Url, cancellationToken: cancel.Token);
        await Server.AskedAsync(1);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
    }

    [Fact]
    public async Task The_cancellation_token_for_opening_has_no_effect_on_the_stream()
    {
        using var cancel = new CancellationTokenSource();
        await using var stream = await NewClient().OpenReadAsync(Url, Small, cancel.Token);

        await cancel.CancelAsync();

        await AssertReadsRestAsync(stream);
    }

    [Theory]
    [InlineData("ftp://example.org/a")]
    [InlineData("relative/a")]
    public async Task An_address_that_is_not_http_is_refused(string url) =>
        await Assert.ThrowsAsync<ArgumentException>(() => NewClient().OpenReadAsync(new Uri(url, UriKind.RelativeOrAbsolute)));

    [Theory]
    [InlineData((256 * 1024) - 1)]
    [InlineData((256 * 1024 * 1024) + 1)]
    public async Task A_buffer_size_out_of_range_is_rejected(int size)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => NewClient().OpenReadAsync(Url, new OpenReadOptions { BufferSize = size }));

        Assert.Equal("OpenReadOptions.BufferSize must be between 262144 and 268435456. (Parameter 'options')", error.Message);
        Assert.Empty(Server.Requests);
    }
}
