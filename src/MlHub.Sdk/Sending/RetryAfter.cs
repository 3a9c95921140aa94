namespace MlHub.Sdk;

/// <summary>
/// Reads <c>Retry-After</c> (RFC 9110 §10.2.3): a number of seconds, or a date. A too long wait is handled in two ways: an API call limits it to the maximum
/// and retries, because it cannot be resumed; a download fails with a message.
/// </summary>
internal static class RetryAfter
{
    /// <summary>The wait that the server asks for, never negative. Null if it does not ask for one.</summary>
    /// <remarks>
    /// A date is relative to the <c>Date</c> of the response, because both come from the server's clock, which may differ from the local clock. Without a
    /// <c>Date</c> it is relative to <paramref name="clock"/>.
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

    /// <summary>.NET does not parse more seconds than fit into an int. Such a value is still a long wait.</summary>
    private static TimeSpan? SecondsBeyondRange(HttpResponseMessage response) =>
        response.Header("Retry-After") is { Length: > 9 } text && text.All(char.IsAsciiDigit)
            ? TimeSpan.MaxValue : null;
}
