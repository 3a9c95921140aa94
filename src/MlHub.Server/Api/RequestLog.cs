using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace MlHub.Server;

/// <summary>Logs one line for each request. ASP.NET Core's own log is off, because it would contain the query and so the key.</summary>
/// <param name="loggers">Where lines are written.</param>
/// <param name="keys">Tells the name of a request's key.</param>
internal sealed partial class RequestLog(ILoggerFactory loggers, ApiKeys keys)
{
    private readonly ILogger _logger = loggers.CreateLogger("MlHub.Server");

    public async Task LogAsync(HttpContext context, RequestDelegate next)
    {
        var (started, method, path) = (Stopwatch.GetTimestamp(), context.Request.Method, context.Request.Path);
        var body = new CountedBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        context.Features.Set<IHttpResponseBodyFeature>(body);
        context.Features.Set(body);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            // A probe every few seconds would bury the requests of clients.
            if (_logger.IsEnabled(LogLevel.Information) && (!Health.IsProbe(context.Request) || context.Response.StatusCode >= StatusCodes.Status400BadRequest))
            {
                RequestServed(method, Loggable(path), context.Response.StatusCode, Stopwatch.GetElapsedTime(started).TotalMilliseconds, body.Bytes, KeyOf(context.Request));
            }
        }
    }

    // A link to a private file in the storage contains what nobody may guess.
    private static string Loggable(PathString path) =>
        path.StartsWithSegments(HubUrls.StoragePath + "signed", StringComparison.Ordinal, out var rest) && rest.Value?.IndexOf('/', 1) is > 0 and var slash
            ? $"{HubUrls.StoragePath}signed/…{rest.Value[slash..]}"
            : path.ToString();

    [LoggerMessage(301, LogLevel.Error, "A request failed unexpectedly.")]
    public partial void RequestFailed(Exception exception);

    // Storage needs no key, and a key there is not looked at.
    private string KeyOf(HttpRequest request) =>
        request.Path.StartsWithSegments(HubUrls.RootPath.TrimEnd('/')) && keys.FindAccepted(request) is { } key ? key.Name ?? "unnamed" : "none";

    [LoggerMessage(300, LogLevel.Information, "{Method} {Path} answered {Status} in {Milliseconds:0.0} ms: {Bytes} bytes, key {Key}")]
    private partial void RequestServed(string method, string path, int status, double milliseconds, long bytes, string key);
}
