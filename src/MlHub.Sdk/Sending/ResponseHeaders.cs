using System.Net.Http.Headers;

namespace MlHub.Sdk;

/// <summary>Reads the headers of a response as they were sent. .NET stores them in two collections, and drops values that it cannot parse.</summary>
internal static class ResponseHeaders
{
    /// <summary>All lines of a header. Empty if it was not sent.</summary>
    internal static HeaderStringValues Lines(this HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var lines) || response.Content.Headers.NonValidated.TryGetValues(name, out lines) ? lines : default;

    /// <summary>The value of a header, with several lines joined (RFC 9110 §5.3). Null if it was not sent.</summary>
    internal static string? Header(this HttpResponseMessage response, string name) => response.Lines(name) is { Count: > 0 } lines ? lines.ToString() : null;
}
