namespace MlHub.Sdk;

/// <summary>
/// Sends <c>Accept-Encoding</c>, and decodes the bodies of responses. If a request already has this header, its body is not decoded, unless the response is an
/// error: error messages are read by this library.
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
