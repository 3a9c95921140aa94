using System.Text.Json;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using MlHub.Sdk.Generated;

namespace MlHub.Sdk;

/// <summary>
/// Sends what the generated builders describe, through the client's own handlers, and hands back answers that succeeded.
/// The builders know paths and queries; bodies are read in <see cref="ApiBody"/> (docs/adr/0003).
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

    /// <summary>Sends, and gives back an answer of success with its body unread; the caller disposes of it.</summary>
    /// <exception cref="MlHubException">The server could not be reached or refused.</exception>
    public async Task<HttpResponseMessage> SendAsync(RequestInformation request, CancellationToken cancellationToken)
    {
        request.URI = Address(request);
        using var message = await _adapter.ConvertToNativeRequestAsync<HttpRequestMessage>(request, cancellationToken).ConfigureAwait(false);
        return await SendAsync(message!, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="SendAsync(RequestInformation, CancellationToken)"/>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = Absolute(request.RequestUri);
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? response
                : throw await Refusal.ReadAsync(response, _guard, _clock, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw _guard.Scrub(Unreachable(request.RequestUri, e));
        }
        catch (MlHubException e) when (_guard.Scrub(e) != e)
        {
            throw _guard.Scrub(e);
        }
    }

    /// <summary>Sends, and reads the whole body as one JSON value.</summary>
    /// <exception cref="MlHubException">The server could not be reached, refused, or did not answer with JSON.</exception>
    public async Task<JsonElement> GetJsonAsync(RequestInformation request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await ApiBody.ReadJsonAsync(response, _guard, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A request for an address that the server gave (a <c>next</c> link) or the caller (raw access).</summary>
    public RequestInformation For(Uri url) => Api.Datasets.WithUrl(url.AbsoluteUri).ToGetRequestInformation();

    /// <summary>
    /// A path relative to the root, a leading slash or none, or a whole address. As in the Python client's Session,
    /// what has no scheme is relative to the root: <c>/collections</c> does not start at the host.
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
            : throw new ArgumentException("It is neither a path nor a whole http address.", nameof(pathOrUrl));
    }

    public void Dispose()
    {
        _adapter.Dispose();
        _http.Dispose();
    }

    private Uri Absolute(Uri? url) => url is null ? RootUrl : url.IsAbsoluteUri ? url : Absolute(url.OriginalString);

    /// <summary>The address of a request, exactly as its template says it; see <see cref="ExactUri.FromTemplate"/>.</summary>
    /// <exception cref="MlHubException">An id leads out of the root URL, for a server that decodes it.</exception>
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

        // An expansion would escape the percent signs of the root once more.
        values["baseurl"] = "";
        var address = ExactUri.FromTemplate(_adapter.BaseUrl + Std.UriTemplate.Expand(request.UrlTemplate!, values));
        return _guard.IsUnderRoot(address)
            ? address
            : throw new MlHubException("An id was not asked for: its \"..\" would lead some servers out of the root URL. Check the id.");
    }

    private static MlHubException Unreachable(Uri url, HttpRequestException e)
    {
        var shown = RedactedUrl.OfCall(url);
        var fault = ConnectionFault.Of(e, url);
        var advice = url.Host == RootUrls.Default.Host
            ? "The original service was switched off in late 2023: set MLHUB_ROOT_URL to a mirror of it (or --root-url, or root_url of a profile); the command has a hub of its own with --sandbox."
            : fault.Advice ?? "Check the root URL and the network, then try again.";
        return new MlHubException(
            $"{shown!.Authority} could not be reached: {fault.CauseAt(url)}. {advice}", e)
        {
            RequestUrl = shown,
            StatusCode = e.StatusCode,
        };
    }
}
