using System.Globalization;

namespace MlHub.Server;

/// <summary>The paging parameters of a request for items, and the URLs of the previous and next pages.</summary>
internal sealed class ItemPaging(int? limit, IReadOnlyList<string> extensions, string? token)
{
    private const int DefaultLimit = 10;

    public HubItemQuery Query { get; } = new() { Limit = limit ?? DefaultLimit, Token = token, Extensions = extensions };

    /// <summary>The URL of the previous or next page. Unlike in the service of 2022, it does not contain the caller's key.</summary>
    public string Url(string itemsUrl, string pageToken)
    {
        List<string> parameters = [.. extensions.Select(extension => "extensions=" + Uri.EscapeDataString(extension))];
        if (limit is { } given)
        {
            parameters.Add("limit=" + given.ToString(CultureInfo.InvariantCulture));
        }

        parameters.Add("token=" + Uri.EscapeDataString(pageToken));
        return $"{itemsUrl}?{string.Join('&', parameters)}";
    }
}
