namespace MlHub.Sdk;

/// <summary>
/// Says which codings are accepted, and decodes the bodies of answers. A request that says itself what it accepts gets its body as it comes, unless it is
/// refused: the words of a refusal are read here.
/// </summary>
internal sealed class DecodingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Header = "Accept-Encoding";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isOurs = !request.Headers.NonValidated.Contains(Header);
        if (isOurs)
        {
            request.Headers.TryAddWithoutValidation(Header, BodyCoding.Accepted);
        }

        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var coded = response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var header) ? header.ToString() : null;
        if ((isOurs || !response.IsSuccessStatusCode) && BodyCoding.Read(coded) is { Count: > 0 } codings)
        {
            response.Content = new RelayedContent(response.Content, body => new DecodedStream(body, codings), decodes: true);
        }

        return response;
    }
}
