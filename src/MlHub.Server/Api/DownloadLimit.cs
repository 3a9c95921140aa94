using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>Counts the downloads in progress, and limits their number. A client is an address, because downloads carry no key.</summary>
internal sealed class DownloadLimit(MlHubServerLimits limits, ServerMetrics metrics)
{
    private const string SecondsToWait = "1";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _clients = new(StringComparer.Ordinal);
    private int _all;

    public async Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || !context.Request.Path.StartsWithSegments(HubUrls.StoragePath.TrimEnd('/')))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var client = ClientAddress.Of(context);
        if (TryBegin(client) is { } error)
        {
            context.Response.Headers.RetryAfter = SecondsToWait;
            await error.ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        metrics.DownloadStarted();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            metrics.DownloadEnded(context.Features.Get<CountedBody>()?.Bytes ?? 0);
            End(client);
        }
    }

    private ErrorResponse? TryBegin(string client)
    {
        lock (_lock)
        {
            var own = _clients.GetValueOrDefault(client);
            if (own >= limits.DownloadsPerClient)
            {
                return new ErrorResponse(StatusCodes.Status429TooManyRequests, "Too many downloads from this address: wait until one of them has ended.");
            }

            if (_all >= limits.Downloads)
            {
                return new ErrorResponse(StatusCodes.Status503ServiceUnavailable, "The server has as many downloads as it allows: try again later.");
            }

            (_clients[client], _all) = (own + 1, _all + 1);
            return null;
        }
    }

    private void End(string client)
    {
        lock (_lock)
        {
            _all--;
            if (--_clients[client] == 0)
            {
                _clients.Remove(client);
            }
        }
    }
}
