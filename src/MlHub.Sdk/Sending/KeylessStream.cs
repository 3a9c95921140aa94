namespace MlHub.Sdk;

/// <summary>
/// The body of an answer. The bytes pass as they are; what .NET says when they break off or break the protocol may quote the server, and so passes without
/// the key. So do the trailers, which come with the last byte.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="guard">Knows the key.</param>
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
