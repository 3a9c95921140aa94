namespace MlHub.Sdk;

/// <summary>
/// Reads <c>Retry-After</c> (RFC 9110 §10.2.3): seconds or a date; a date that is past asks for no wait. What is done with a wait that is
/// too long differs: a call, which cannot be resumed, cuts it to the cap and tries once more, where a download gives up at once.
/// </summary>
internal static class RetryAfter
{
    /// <summary>The wait that is asked for, never below zero; null where none is.</summary>
    internal static TimeSpan? Read(HttpResponseMessage? response, TimeProvider clock)
    {
        var header = response?.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - clock.GetUtcNow() ?? Beyond(response);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    // More seconds than HttpClient's number holds are still a wait, and a long one.
    private static TimeSpan? Beyond(HttpResponseMessage? response) =>
        response?.Headers.NonValidated.TryGetValues("Retry-After", out var values) == true && values.ToString() is { Length: > 9 } text && text.All(char.IsAsciiDigit)
            ? TimeSpan.MaxValue : null;
}
