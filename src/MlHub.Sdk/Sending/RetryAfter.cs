namespace MlHub.Sdk;

/// <summary>
/// Reads <c>Retry-After</c> (RFC 9110 §10.2.3): a number of seconds, or a date. A wait that is too long is treated in two ways:
/// a call cuts it to its cap and tries again, because it cannot be resumed; a download ends and says so.
/// </summary>
internal static class RetryAfter
{
    /// <summary>The wait that the server asks for, never below zero; null where it asks for none.</summary>
    /// <remarks>
    /// A date counts from the answer's own <c>Date</c>, because both come from the server's clock, which may differ from ours.
    /// Without a <c>Date</c> it counts from <paramref name="clock"/>.
    /// </remarks>
    internal static TimeSpan? Read(HttpResponseMessage? response, TimeProvider clock)
    {
        if (response is null)
        {
            return null;
        }

        var asked = response.Headers.RetryAfter;
        var wait = asked?.Delta ?? asked?.Date - (response.Headers.Date ?? clock.GetUtcNow()) ?? SecondsBeyondRange(response);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>.NET does not read more seconds than an int holds. They are still a wait, and a long one.</summary>
    private static TimeSpan? SecondsBeyondRange(HttpResponseMessage response) =>
        response.Header("Retry-After") is { Length: > 9 } text && text.All(char.IsAsciiDigit)
            ? TimeSpan.MaxValue : null;
}
