using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlHub.Server;

/// <summary>Logs one line for each request. The host's own log is off, because it would hold the query, and with it the key.</summary>
internal sealed partial class RequestLog(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("MlHub.Server");

    public async Task FollowAsync(HttpContext context, RequestDelegate next)
    {
        var (started, method, path) = (Stopwatch.GetTimestamp(), context.Request.Method, context.Request.Path);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            Served(method, path, context.Response.StatusCode, milliseconds);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed that should not")]
    public partial void Failed(Exception defect);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} answered {Status} in {Milliseconds:0.0} ms")]
    private partial void Served(string method, PathString path, int status, double milliseconds);
}
