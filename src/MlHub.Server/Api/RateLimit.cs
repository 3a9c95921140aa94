using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>Limits the rate of requests. Each key has a token bucket, and all requests without an accepted key share one.</summary>
internal sealed class RateLimit(int perSecond, ApiKeys keys, TimeProvider time)
{
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    public async Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments(HubUrls.RootPath.TrimEnd('/')) || Wait(keys.FindAccepted(context.Request) ?? "") is not { } wait)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await new ErrorResponse(StatusCodes.Status429TooManyRequests, "Too many requests: wait before the next one.").ExecuteAsync(context).ConfigureAwait(false);
    }

    // The time until the next request is allowed, or null if this one is allowed.
    private TimeSpan? Wait(string key)
    {
        lock (_buckets)
        {
            var now = time.GetTimestamp();
            var tokens = _buckets.TryGetValue(key, out var bucket)
                ? Math.Min(perSecond, bucket.Tokens + time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond)
                : perSecond;
            _buckets[key] = new Bucket(tokens >= 1 ? tokens - 1 : tokens, now);
            return tokens >= 1 ? null : TimeSpan.FromSeconds((1 - tokens) / perSecond);
        }
    }

    private readonly record struct Bucket(double Tokens, long At);
}
