using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlHub.Server;

/// <summary>Logs one line for each request. ASP.NET Core's own log is off, because it would contain the query and so the key.</summary>
internal sealed partial class RequestLog(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("MlHub.Server");

    public async Task LogAsync(HttpContext context, RequestDelegate next)
    {
        var (started, method, path) = (Stopwatch.GetTimestamp(), context.Request.Method, context.Request.Path);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            RequestServed(method, path, context.Response.StatusCode, milliseconds);
        }
    }

    [LoggerMessage(301, LogLevel.Error, "A request failed unexpectedly.")]
    public partial void RequestFailed(Exception exception);

    [LoggerMessage(300, LogLevel.Information, "{Method} {Path} answered {Status} in {Milliseconds:0.0} ms")]
    private partial void RequestServed(string method, PathString path, int status, double milliseconds);
}
