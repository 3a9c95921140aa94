namespace MlHub.Sdk;

/// <summary>Makes a URL fit to be shown: no user information, no fragment, and no query value that could be a key or a signature.</summary>
internal static class UrlRedaction
{
    /// <summary>The query parameters of the API whose values are worth reading in a message.</summary>
    private static readonly string[] Shown = ["limit", "extensions", "tags", "text"];

    public static Uri? Redact(Uri? url)
    {
        if (url is null || !url.IsAbsoluteUri)
        {
            return url;
        }

        var query = string.Join('&', url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(RedactParameter));
        var shown = ExactUri.WithoutQuery(url);
        return ExactUri.Create(query.Length == 0 ? shown : $"{shown}?{query}");
    }

    private static string RedactParameter(string parameter)
    {
        var name = parameter.Split('=', 2)[0];
        return Shown.Contains(name, StringComparer.Ordinal) ? parameter : $"{name}=***";
    }
}
