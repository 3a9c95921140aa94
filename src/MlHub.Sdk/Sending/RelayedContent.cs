using System.Net;

namespace MlHub.Sdk;

/// <summary>The content of a response, read through a stream that checks or decodes it. Its headers are kept, except those that no longer apply.</summary>
internal sealed class RelayedContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly Func<Stream, Stream> _relay;
    private readonly bool _hasLength;

    /// <param name="content">The content.</param>
    /// <param name="relay">Creates the stream through which the content is read.</param>
    /// <param name="decodes">Whether that stream decodes it. In that case there is neither a coding nor a known length.</param>
    public RelayedContent(HttpContent content, Func<Stream, Stream> relay, bool decodes = false)
    {
        (_content, _relay, _hasLength) = (content, relay, !decodes);
        foreach (var header in content.Headers.NonValidated)
        {
            if (!decodes || header.Key is not ("Content-Encoding" or "Content-Length"))
            {
                Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }
    }

    protected override async Task<Stream> CreateContentReadStreamAsync() =>
        _relay(await _content.ReadAsStreamAsync().ConfigureAwait(false));

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        _relay(await _content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => _relay(_content.ReadAsStream(cancellationToken));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var body = await CreateContentReadStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            await body.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _hasLength ? _content.Headers.ContentLength ?? 0 : 0;
        return _hasLength && _content.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }
}
