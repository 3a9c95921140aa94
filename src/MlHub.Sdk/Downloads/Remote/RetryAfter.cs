using System.Net.Http.Headers;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>Reads <c>Retry-After</c> (RFC 9110 §10.2.3): seconds or a date; a date that is past asks for no wait.</summary>
internal static class RetryAfter
{
    internal static TimeSpan? Read(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        var wait = header?.Delta ?? header?.Date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
