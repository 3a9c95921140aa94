using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace MlHub.Testing;

/// <summary>
/// Prism as a proxy that compares answers with <c>openapi/mlhub.yaml</c>. Its upstream server is in this process and gives the answers that are to be checked.
/// </summary>
/// <remarks>
/// Clients do not talk to Prism itself. It follows redirects, rewrites JSON (<c>34.2000</c> becomes <c>34.2</c>), forwards no <c>Host</c> and reads
/// every body as text, so that tests of redirects, digits, links and files would test Prism. <see cref="DescribedServer"/> is the proxy that they talk to.
/// </remarks>
internal sealed class Prism : IDisposable
{
    private const string AnswerHeader = "X-Answer";
    private const string UnknownRoute = "Selected route not found";
    private static readonly Lazy<string?> Reason = new(FindReason);
    private static readonly Lazy<Task<Prism>> Started = new(StartAsync);
    private readonly ConcurrentDictionary<string, ServerAnswer> _answers = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly string _home = Directory.CreateTempSubdirectory("mlhub-prism-").FullName;
    private readonly int _port = ChildServer.FreePort();
    private WebApplication? _upstream;
    private ChildServer? _process;
    private int _last;

    private Prism()
    {
    }

    /// <summary>Why there is no Prism, or null.</summary>
    public static string? WhyNot => Reason.Value;

    private static string Program => Repository.Place("eng/prism/node_modules/@stoplight/prism-cli/dist/index.js");

    /// <summary>What the description says against an answer; null if the answer fits.</summary>
    public static async Task<string?> FindFaultAsync(ServerAnswer answer) => await (await Started.Value).CompareAsync(answer);

    public void Dispose()
    {
        _http.Dispose();
        _process?.DisposeAsync().AsTask().Wait();
        _upstream?.DisposeAsync().AsTask().Wait();
        Directory.Delete(_home, recursive: true);
    }

    // One for all tests of this process.
    private static async Task<Prism> StartAsync()
    {
        var prism = new Prism();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => prism.Dispose();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        prism._upstream = builder.Build();
        prism._upstream.Run(prism.ReplayAsync);
        await prism._upstream.StartAsync();
        prism._process = await ChildServer.StartAsync(
            prism._port,
            prism._home,
            "node", Program, "proxy", Repository.Place("openapi/mlhub.yaml"), prism._upstream.Urls.Single(),
            "--port", prism._port.ToString(CultureInfo.InvariantCulture), "--verboseLevel", "error");
        return prism;
    }

    private async Task<string?> CompareAsync(ServerAnswer answer)
    {
        var id = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
        _answers[id] = answer;
        try
        {
            // Prism refuses a request without a key itself. Any key will do, and this one may be logged.
            var url = new Uri($"http://127.0.0.1:{_port}{answer.Path}?key=any", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            using var request = new HttpRequestMessage(new HttpMethod(answer.Method), url);
            request.Headers.Add(AnswerHeader, id);
            using var response = await _http.SendAsync(request);
            if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
            {
                return await response.Content.ReadAsStringAsync();
            }

            return response.Headers.NonValidated.TryGetValues("sl-violations", out var violations) ? FaultOf(answer, violations.ToString()) : null;
        }
        finally
        {
            _answers.TryRemove(id, out _);
        }
    }

    private static string? FaultOf(ServerAnswer answer, string violations)
    {
        if (violations.Contains(UnknownRoute, StringComparison.Ordinal))
        {
            return answer.Status is 404 or 405 ? null : UnknownRoute;
        }

        // What Prism has against the request is of no interest. Its list is no JSON where it was too long.
        var isOfRequest = violations.StartsWith('[')
            && JsonNode.Parse(violations)!.AsArray().All(violation => (string?)violation!["location"]![0] == "request");
        return isOfRequest ? null : violations;
    }

    private async Task ReplayAsync(HttpContext context)
    {
        var answer = _answers[context.Request.Headers[AnswerHeader].ToString()];
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        if (!HttpMethods.IsHead(answer.Method))
        {
            await context.Response.Body.WriteAsync(answer.Body);
        }
        else
        {
            // Prism would read JSON that is not there.
            context.Response.Headers.Remove("Content-Type");
        }
    }

    private static string? FindReason() =>
        ChildServer.WhyNot("node", "Node") ?? (File.Exists(Program) ? null : "Prism is not installed: run eng/test-servers");
}
