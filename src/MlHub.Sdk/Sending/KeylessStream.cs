namespace MlHub.Sdk;

/// <summary>
/// The body of a response. The bytes are not changed. The key is removed from exceptions, because .NET may quote the server when the body breaks off or
/// violates the protocol, and from the trailers, which arrive with the last byte.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="guard">Removes the key.</param>
/// <param name="scrubTrailers">Called at the end.</param>
internal sealed class KeylessStream(Stream body, ApiKeyGuard guard, Action scrubTrailers) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Ended(await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false), buffer.Length);
        }
        catch (Exception e) when (guard.Scrub(e) != e)
        {
            throw guard.Scrub(e);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Ended(body.Read(buffer), buffer.Length);
        }
        catch (Exception e) when (guard.Scrub(e) != e)
        {
            throw guard.Scrub(e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Ended(int count, int wanted)
    {
        if (count == 0 && wanted > 0)
        {
            scrubTrailers();
        }

        return count;
    }
}
