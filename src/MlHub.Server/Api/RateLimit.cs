using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>
/// Limits the rate of requests. Each key has a token bucket, and all requests without an accepted key share one. If the server needs no key, each client address has one.
/// </summary>
internal sealed class RateLimit(int perSecond, ApiKeys keys, TimeProvider time)
{
    /// <summary>With more buckets, those that are full are removed: a new one is full, too.</summary>
    private const int MaxBuckets = 10_000;

    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private long _cleaned = time.GetTimestamp();

    public async Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments(HubUrls.RootPath.TrimEnd('/')) || Wait(BucketOf(context)) is not { } wait)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await new ErrorResponse(StatusCodes.Status429TooManyRequests, "Too many requests: wait before the next one.").ExecuteAsync(context).ConfigureAwait(false);
    }

    private string BucketOf(HttpContext context) => keys.AllowsAnonymous ? ClientAddress.Of(context) : keys.FindAccepted(context.Request)?.Id ?? "";

    // The time until the next request is allowed, or null if this one is allowed.
    private TimeSpan? Wait(string name)
    {
        lock (_buckets)
        {
            var now = time.GetTimestamp();
            if (_buckets.Count > MaxBuckets && time.GetElapsedTime(_cleaned, now) > TimeSpan.FromSeconds(1))
            {
                _cleaned = now;
                foreach (var full in _buckets.Where(pair => Tokens(pair.Value, now) >= perSecond).Select(pair => pair.Key).ToArray())
                {
                    _buckets.Remove(full);
                }
            }

            var tokens = _buckets.TryGetValue(name, out var bucket) ? Tokens(bucket, now) : perSecond;
            _buckets[name] = new Bucket(tokens >= 1 ? tokens - 1 : tokens, now);
            return tokens >= 1 ? null : TimeSpan.FromSeconds((1 - tokens) / perSecond);
        }
    }

    private double Tokens(Bucket bucket, long now) => Math.Min(perSecond, bucket.Tokens + time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond);

    private readonly record struct Bucket(double Tokens, long At);
}
