namespace MlHub.Sdk;

/// <summary>The body of a response to an API call. Reading fails if it stalls.</summary>
internal sealed class StallGuardedStream(Stream body, TimeSpan stallTimeout, TimeProvider clock) : ForwardStream
{
    private readonly StallGuard _guard = new(stallTimeout, clock);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = 0;
        _guard.StopOn(cancellationToken);
        _guard.Begin();
        try
        {
            return count = await body.ReadAsync(buffer, _guard.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(_guard.Words);
        }
        finally
        {
            _guard.End(count);
        }
    }

    public override int Read(Span<byte> buffer) => body.Read(buffer);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _guard.Dispose();
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
