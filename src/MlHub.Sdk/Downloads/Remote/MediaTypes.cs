namespace MlHub.Sdk.Downloads.Remote;

/// <summary>Reads <c>Content-Type</c> (RFC 9110 §8.3).</summary>
internal static class MediaTypes
{
    /// <summary>The media type in lower case, without parameters; null when there is none.</summary>
    internal static string? Read(HttpResponseMessage response)
    {
        var text = (response.Header("Content-Type") ?? string.Empty).Split(';', 2)[0].Trim(' ', '"').ToLowerInvariant();
        return text.Length is > 0 and < 128 ? text : null;
    }

    internal static bool IsHtml(string? type) => type is "text/html" or "application/xhtml+xml";

    internal static bool IsXml(string? type) => type is not null && (type is "application/xml" or "text/xml" || type.EndsWith("+xml", StringComparison.Ordinal)) && !IsHtml(type);

    internal static bool IsJson(string? type) => type is not null && (type is "application/json" or "text/json" || type.EndsWith("+json", StringComparison.Ordinal));

    internal static bool IsText(string? type) => type is not null && type.StartsWith("text/", StringComparison.Ordinal);

    internal static bool IsMultipart(string? type) => type is not null && type.StartsWith("multipart/", StringComparison.Ordinal);
}
