using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MlHub.Sandbox;
using MlHub.Server;

namespace MlHub.Testing;

/// <summary>
/// A server behind a proxy that passes everything on as it is and has <see cref="Prism"/> compare every answer of the API with the
/// description. An answer that does not fit becomes a 500 that says why. Without Prism, there is only the server.
/// </summary>
public sealed class DescribedServer : IAsyncDisposable
{
    private const string RootPath = "/mlhub/v1";
    private static readonly string[] HopByHop = ["Connection", "Keep-Alive", "Transfer-Encoding"];
    private readonly IAsyncDisposable _server;
    private readonly Uri _serverUrl;
    private readonly ConcurrentQueue<string> _faults = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    });

    private WebApplication? _proxy;

    private DescribedServer(IAsyncDisposable server, Uri rootUrl, string apiKey)
    {
        _server = server;
        _serverUrl = rootUrl;
        ApiKey = apiKey;
    }

    /// <summary>The root of the API, with a trailing slash.</summary>
    public Uri RootUrl => _proxy is null ? _serverUrl : new Uri($"{_proxy.Urls.Single()}{RootPath}/");

    /// <summary>A key that the server accepts.</summary>
    public string ApiKey { get; }

    /// <summary>Starts a sandbox.</summary>
    public static async Task<DescribedServer> StartAsync(MlHubServerOptions? options = null)
    {
        var sandbox = await MlHubSandbox.StartAsync(options);
        return await StartProxyAsync(new DescribedServer(sandbox, sandbox.RootUrl, sandbox.ApiKey));
    }

    /// <summary>Starts a server of a hub.</summary>
    public static async Task<DescribedServer> StartAsync(IHub hub, MlHubServerOptions options)
    {
        var server = await MlHubServer.StartAsync(hub, options);
        return await StartProxyAsync(new DescribedServer(server, server.RootUrl, server.ApiKey));
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.StopAsync(new CancellationToken(canceled: true));
            await _proxy.DisposeAsync();
        }

        _http.Dispose();
        await _server.DisposeAsync();
        Assert.Empty(_faults);
    }

    private static async Task<DescribedServer> StartProxyAsync(DescribedServer described)
    {
        if (Prism.WhyNot is null)
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Listen(IPAddress.Loopback, 0);
            });
            builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
            described._proxy = builder.Build();
            described._proxy.Run(described.PassOnAsync);
            await described._proxy.StartAsync();
        }

        return described;
    }

    private async Task PassOnAsync(HttpContext context)
    {
        using var request = RequestOf(context);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            await AnswerAsync(context, response);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // The client sees of a server that breaks off what it would see without the proxy.
            context.Abort();
        }
    }

    private HttpRequestMessage RequestOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var url = new Uri(
            _serverUrl.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), url);
        if (context.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
        }

        foreach (var (name, values) in context.Request.Headers)
        {
            if (!HopByHop.Contains(name, StringComparer.OrdinalIgnoreCase) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!);
            }
        }

        return request;
    }

    private async Task AnswerAsync(HttpContext context, HttpResponseMessage response)
    {
        var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => !HopByHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        if (DescribedPath(context) is not { } path || response.StatusCode is >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest)
        {
            await SendHeadAsync(context, (int)response.StatusCode, headers);
            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
            return;
        }

        var answer = new ServerAnswer(
            context.Request.Method, path, (int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(context.RequestAborted));
        if (await Prism.FindFaultAsync(answer) is { } fault)
        {
            _faults.Enqueue($"{answer.Method} {path} {answer.Status}: {fault}");
            context.Response.StatusCode = 500;
            await context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["detail"] = $"This answer is not as described: {fault}" }, context.RequestAborted);
            return;
        }

        await SendHeadAsync(context, answer.Status, headers);
        if (!HttpMethods.IsHead(answer.Method))
        {
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    /// <summary>The path below the root as Prism takes it; null where no answer is described: outside the root, at the root itself, and most of HEAD.</summary>
    private static string? DescribedPath(HttpContext context)
    {
        const string Doi = "/datasets/doi/";
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        if (!path.StartsWith(RootPath + "/", StringComparison.Ordinal) || path.Length == RootPath.Length + 1)
        {
            return null;
        }

        // The description has HEAD only for files. Everywhere else HEAD is what RFC 9110 says of GET.
        if (HttpMethods.IsHead(context.Request.Method) && path.Split('/')[3] is not ("archive" or "catalog"))
        {
            return null;
        }

        // The description lets the slash of a DOI stand as it is. OpenAPI cannot say so, and Prism takes it for another path. Prism also takes an
        // escaped id of dots for a step up the path.
        path = path[RootPath.Length..];
        path = path.StartsWith(Doi, StringComparison.Ordinal) ? Doi + path[Doi.Length..].Replace("/", "%2F", StringComparison.Ordinal) : path;
        return string.Join('/', path.Split('/').Select(segment => Uri.UnescapeDataString(segment) is "." or ".." ? "dots" : segment));
    }

    private static Task SendHeadAsync(HttpContext context, int status, Dictionary<string, string> headers)
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        return context.Response.StartAsync(context.RequestAborted);
    }

    /// <summary>The proxy lives as long as the test wants, whatever signals come.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
