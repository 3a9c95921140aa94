using System.Net;

namespace MlHub.Sdk;

/// <summary>The content of an answer, its stream guarded against standing still.</summary>
internal sealed class StallGuardedContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly TimeSpan _stallTimeout;
    private readonly TimeProvider _clock;

    public StallGuardedContent(HttpContent content, TimeSpan stallTimeout, TimeProvider clock)
    {
        _content = content;
        _stallTimeout = stallTimeout;
        _clock = clock;
        foreach (var header in content.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
    }

    protected override async Task<Stream> CreateContentReadStreamAsync() =>
        new StallGuardedStream(await _content.ReadAsStreamAsync().ConfigureAwait(false), _stallTimeout, _clock);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new StallGuardedStream(await _content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _stallTimeout, _clock);

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) =>
        new StallGuardedStream(_content.ReadAsStream(cancellationToken), _stallTimeout, _clock);

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
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
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
