namespace MlHub.Sdk.Tests.Downloads;

/// <summary>The way to a real server: a test may do something right before a request goes out, or hold a body up.</summary>
internal sealed class Wire() : DelegatingHandler(Sockets.Create(TimeSpan.FromSeconds(10)))
{
    private int _sent;

    /// <summary>Called with the request and its number, from one.</summary>
    public Func<HttpRequestMessage, int, Task>? BeforeRequest { get; init; }

    /// <summary>After so many bytes of each body nothing more comes, until the download is cancelled.</summary>
    public int? HoldAfter { get; init; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _sent);
        if (BeforeRequest is not null)
        {
            await BeforeRequest(request, number);
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (HoldAfter is { } bytes)
        {
            var held = new StreamContent(new HeldStream(await response.Content.ReadAsStreamAsync(cancellationToken), bytes));
            foreach (var (name, values) in response.Content.Headers.NonValidated)
            {
                held.Headers.TryAddWithoutValidation(name, values);
            }

            response.Content = held;
        }

        return response;
    }

    private sealed class HeldStream(Stream body, int bytes) : Stream
    {
        private int _left = bytes;

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
            if (_left == 0)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var count = await body.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= count;
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
