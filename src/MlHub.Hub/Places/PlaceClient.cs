using System.Net;
using System.Net.Http.Headers;
using System.Reflection;

namespace MlHub.Hub.Places;

/// <summary>Asks the servers of places, without credentials and always with our own user agent. Repeats requests that may succeed later.</summary>
internal sealed class PlaceClient : IDisposable
{
    private const int MostRedirects = 5;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly int _attempts;
    private readonly TimeSpan _timeout;

    /// <param name="attempts">How often a request is sent at most.</param>
    /// <param name="timeout">How long an answer may take, to its last byte.</param>
    internal PlaceClient(int attempts, TimeSpan timeout)
    {
        (_attempts, _timeout) = (attempts, timeout);

        // SocketsHttpHandler follows redirects to http and https only, and never from https to http.
        _http = new HttpClient(new SocketsHttpHandler
        {
            MaxAutomaticRedirections = MostRedirects,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("mlhub-hub", Version));
    }

    private static string Version => (typeof(PlaceClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];

    /// <summary>Reads an address.</summary>
    /// <param name="url">The address.</param>
    /// <param name="etag">The ETag of what is known already. Null to read it in any case.</param>
    /// <param name="longest">The greatest length of the body, in bytes.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="PlaceException">It cannot be read.</exception>
    internal async Task<PlaceAnswer> GetAsync(Uri url, string? etag, long longest, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var delay = FirstDelay * (1 << Math.Min(attempt - 1, 10));
            try
            {
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                timeout.CancelAfter(_timeout);
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                if (etag is not null)
                {
                    request.Headers.TryAddWithoutValidation("If-None-Match", etag);
                }

                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token).ConfigureAwait(false);
                if (response.StatusCode == HttpStatusCode.NotModified && etag is not null)
                {
                    return new PlaceAnswer(null, etag, null);
                }

                if (response.IsSuccessStatusCode)
                {
                    return new PlaceAnswer(await BodyAsync(response, url, longest, timeout.Token).ConfigureAwait(false), response.Headers.ETag?.ToString(), response.Content.Headers.ContentType?.MediaType);
                }

                if (attempt == _attempts || !MaySucceedLater(response.StatusCode))
                {
                    throw new PlaceException($"{Plain(url)} answered {(int)response.StatusCode}{await CodeAsync(response, timeout.Token).ConfigureAwait(false)}", response.StatusCode);
                }

                delay = RetryAfter(response.Headers.RetryAfter) ?? delay;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException or (IOException and not PlaceException) && !cancellationToken.IsCancellationRequested)
            {
                if (attempt == _attempts)
                {
                    throw new PlaceException(error is OperationCanceledException ? $"{Plain(url)} gave no whole answer in {_timeout.TotalSeconds:0} seconds" : $"{Plain(url)} cannot be reached: {ConnectionErrors.Reason(error)}", null, error);
                }
            }

            catch (Exception error) when (error is InvalidDataException or UriFormatException or InvalidOperationException)
            {
                // A body that is not coded as its header says, or a redirect that leads nowhere.
                throw new PlaceException($"{Plain(url)} gave an answer that cannot be read: its coding is damaged, or it leads to no valid address", null, error);
            }

            await Task.Delay(delay < LongestDelay ? delay : LongestDelay, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool MaySucceedLater(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var delay = header?.Delta ?? (header?.Date is { } date ? date - TimeProvider.System.GetUtcNow() : null);
        return delay is null || delay >= TimeSpan.Zero ? delay : TimeSpan.Zero;
    }

    private static async Task<byte[]> BodyAsync(HttpResponseMessage response, Uri url, long longest, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var body = new MemoryStream();
            var buffer = new byte[64 * 1024];
            while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                if (body.Length + read > longest)
                {
                    throw new PlaceException($"{Plain(url)} is larger than {longest} bytes", HttpStatusCode.RequestEntityTooLarge);
                }

                await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }

            return body.ToArray();
        }
    }

    // S3 and Azure say in XML what is wrong: <Error><Code>AccessDenied</Code>. Only the code is repeated, because it is one word.
    private static async Task<string> CodeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        const int MostOfError = 4096;
        var text = new byte[MostOfError];
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var length = await stream.ReadAtLeastAsync(text, MostOfError, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            var body = System.Text.Encoding.UTF8.GetString(text, 0, length);
            var start = body.IndexOf("<Code>", StringComparison.Ordinal);
            var end = start < 0 ? -1 : body.IndexOf("</Code>", start, StringComparison.Ordinal);
            return end > start && body[(start + 6)..end] is { Length: < 64 } code && code.All(char.IsAsciiLetterOrDigit) ? $" ({code})" : "";
        }
    }

    // The query of a page says nothing to a reader.
    private static string Plain(Uri url) => url.GetLeftPart(UriPartial.Path);
}
