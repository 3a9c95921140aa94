using System.Net.Http.Headers;

namespace MlHub.Sdk;

/// <summary>The headers of an answer as they were sent. .NET keeps them in two collections, and drops what it cannot parse.</summary>
internal static class AnswerHeaders
{
    /// <summary>All lines of a header; none when it was not sent.</summary>
    internal static HeaderStringValues Lines(this HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var lines) || response.Content.Headers.NonValidated.TryGetValues(name, out lines) ? lines : default;

    /// <summary>The value of a header, several lines joined (RFC 9110 §5.3); null when it was not sent.</summary>
    internal static string? Header(this HttpResponseMessage response, string name) => response.Lines(name) is { Count: > 0 } lines ? lines.ToString() : null;
}
