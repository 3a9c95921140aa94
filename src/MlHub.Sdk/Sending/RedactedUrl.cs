namespace MlHub.Sdk;

/// <summary>Addresses without what is secret in them: fit for messages, logs and files.</summary>
internal static class RedactedUrl
{
    /// <summary>The query parameters of the API whose values are worth reading in a message.</summary>
    private static readonly string[] Shown = ["limit", "extensions", "tags", "text"];

    /// <summary>An absolute address without user information, query and fragment. It is also what journals and receipts know an address by.</summary>
    internal static Uri Of(Uri url) => ExactUri.Create(ExactUri.WithoutQuery(url));

    /// <summary>
    /// The address of a call, null where there is none. What was asked stands in its query, and so the query is shown, every value that could be
    /// a key or a signature replaced by <c>***</c>; a download's, which may be all of a secret, is not.
    /// </summary>
    internal static Uri? OfCall(Uri? url)
    {
        if (url is null || !url.IsAbsoluteUri)
        {
            return url;
        }

        var query = string.Join('&', url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(RedactParameter));
        return query.Length == 0 ? Of(url) : ExactUri.Create($"{ExactUri.WithoutQuery(url)}?{query}");
    }

    /// <summary>What has no <c>=</c> is not a name for sure: it may be all of a token.</summary>
    private static string RedactParameter(string parameter) => parameter.Split('=', 2) switch
    {
        [var name, _] when Shown.Contains(name, StringComparer.Ordinal) => parameter,
        [var name, _] => $"{name}=***",
        _ => "***",
    };
}
