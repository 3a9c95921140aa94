using System.Text.Json;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using MlHub.Sdk.Generated;

namespace MlHub.Sdk;

/// <summary>
/// Sends the requests of the generated builders through the client's own handlers, and returns successful responses. The builders create paths and queries.
/// <see cref="ApiBody"/> reads the bodies (docs/adr/0003).
/// </summary>
internal sealed class ApiConnection : IDisposable
{
    private readonly HttpClient _http;
    private readonly HttpClientRequestAdapter _adapter;
    private readonly ApiKeyGuard _guard;
    private readonly TimeProvider _clock;

    public ApiConnection(Uri rootUrl, ApiKeyGuard guard, TimeProvider clock, HttpMessageHandler pipeline)
    {
        _clock = clock;
        _guard = guard;
        RootUrl = rootUrl;
        _http = new HttpClient(pipeline, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "application/geo+json, application/json");
        _adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: _http)
        {
            BaseUrl = RootUrl.AbsoluteUri.TrimEnd('/'),
        };
        Api = new MlHubApiClient(_adapter);
    }

    /// <summary>The generated builders.</summary>
    public MlHubApiClient Api { get; }

    public Uri RootUrl { get; }

    /// <summary>Sends a request and returns the successful response without reading its body. The caller disposes of it.</summary>
    /// <exception cref="MlHubException">The server could not be reached, or it refused the request.</exception>
    public async Task<HttpResponseMessage> SendAsync(RequestInformation request, CancellationToken cancellationToken)
    {
        request.URI = Address(request);
        using var message = await _adapter.ConvertToNativeRequestAsync<HttpRequestMessage>(request, cancellationToken).ConfigureAwait(false);
        return await SendAsync(message!, cancellationToken, request.UrlTemplate).ConfigureAwait(false);
    }

    /// <inheritdoc cref="SendAsync(RequestInformation, CancellationToken)"/>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <param name="template">The template of its address, for telemetry; null if it has none.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken, string? template = null)
    {
        request.RequestUri = Absolute(request.RequestUri);
        using var telemetry = new CallTelemetry(request, template, _guard.Scrub, _clock);
        try
        {
            return await SendUnobservedAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            telemetry.Failed(error);
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendUnobservedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? response
                : throw await Refusal.ReadAsync(response, _guard, _clock, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw _guard.Scrub(Unreachable(request.RequestUri!, e));
        }
        catch (MlHubException e) when (_guard.Scrub(e) != e)
        {
            throw _guard.Scrub(e);
        }
    }

    /// <summary>Sends a request, and reads the whole body as one JSON value.</summary>
    /// <exception cref="MlHubException">The server could not be reached, refused the request, or did not send JSON.</exception>
    public async Task<JsonElement> GetJsonAsync(RequestInformation request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await ApiBody.ReadJsonAsync(response, _guard, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Creates a request for an address from the server (a <c>next</c> link) or from the caller (raw access).</summary>
    public RequestInformation For(Uri url) => Api.Datasets.WithUrl(url.AbsoluteUri).ToGetRequestInformation();

    /// <summary>
    /// Resolves a path relative to the root URL, with or without a leading slash, or an absolute address. As in the Python client's Session, a text without a
    /// scheme is relative to the root URL: <c>/collections</c> does not start at the host.
    /// </summary>
    public Uri Absolute(string pathOrUrl)
    {
        ArgumentException.ThrowIfNullOrEmpty(pathOrUrl);
        if (!pathOrUrl.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            && !pathOrUrl.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return new Uri(RootUrl, "./" + pathOrUrl.TrimStart('/'));
        }

        return Uri.TryCreate(pathOrUrl, UriKind.Absolute, out var url)
            ? url
            : throw new ArgumentException("It must be a path or an absolute http or https address.", nameof(pathOrUrl));
    }

    public void Dispose()
    {
        _adapter.Dispose();
        _http.Dispose();
    }

    private Uri Absolute(Uri? url) => url is null ? RootUrl : url.IsAbsoluteUri ? url : Absolute(url.OriginalString);

    /// <summary>The address of a request, exactly as its template says it; see <see cref="ExactUri.FromTemplate"/>.</summary>
    /// <exception cref="MlHubException">An id would lead outside the root URL if a server decodes it.</exception>
    public Uri Address(RequestInformation request)
    {
        if (request.PathParameters.TryGetValue("request-raw-url", out var raw))
        {
            return new Uri((string)raw);
        }

        var values = new Dictionary<string, object>(request.QueryParameters);
        foreach (var (name, value) in request.PathParameters)
        {
            values[name] = value;
        }

        // An expansion would escape the percent signs of the root URL again.
        values["baseurl"] = "";
        var address = ExactUri.FromTemplate(_adapter.BaseUrl + Std.UriTemplate.Expand(request.UrlTemplate!, values));
        return _guard.IsUnderRoot(address)
            ? address
            : throw new MlHubException("No request was sent, because the id contains \"..\", which could lead outside the root URL. Check the id.");
    }

    private static MlHubException Unreachable(Uri url, HttpRequestException e)
    {
        var shown = RedactedUrl.OfCall(url);
        var fault = ConnectionFault.Of(e, url);
        var advice = url.Host == RootUrls.Default.Host
            ? "The original service was switched off in late 2023: set MLHUB_ROOT_URL (or --root-url, or root_url of a profile) to a mirror. The command-line tool can start a local hub with --sandbox."
            : fault.Advice ?? "Check the root URL and the network, then try again.";
        return new MlHubException(
            $"{shown!.Authority} could not be reached: {fault.CauseAt(url)}. {advice}", e)
        {
            RequestUrl = shown,
            StatusCode = e.StatusCode,
        };
    }
}
