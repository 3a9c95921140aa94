namespace MlHub.Sdk;

/// <summary>Removes secrets from addresses, for messages, logs and files.</summary>
internal static class RedactedUrl
{
    /// <summary>The query parameters of the API whose values are shown in messages.</summary>
    private static readonly string[] Shown = ["limit", "extensions", "tags", "text"];

    /// <summary>An absolute address without user information, query and fragment. Journals and receipts also store addresses in this form.</summary>
    internal static Uri Of(Uri url) => url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0 && !url.OriginalString.AsSpan().ContainsAny('?', '#', '@') ? url : ExactUri.Create(ExactUri.WithoutQuery(url));

    /// <summary>
    /// The address of an API call, or null. Its query is shown, because it contains the parameters of the call, with every value that could be a key or a
    /// signature replaced by <c>***</c>. The query of a download is never shown, because it may be a secret as a whole.
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

    /// <summary>A parameter without <c>=</c> may be a token, so it is not shown.</summary>
    private static string RedactParameter(string parameter) => parameter.Split('=', 2) switch
    {
        [var name, _] when Shown.Contains(name, StringComparer.Ordinal) => parameter,
        [var name, _] => $"{name}=***",
        _ => "***",
    };
}
