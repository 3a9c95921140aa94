using System.Globalization;

namespace MlHub.Server;

/// <summary>A page of items as a client asked for it, and the links to its neighbours.</summary>
internal sealed class ItemPaging(int? limit, IReadOnlyList<string> extensions, string? token)
{
    private const int DefaultLimit = 10;

    public HubItemQuery Query { get; } = new() { Limit = limit ?? DefaultLimit, Token = token, Extensions = extensions };

    /// <summary>A neighbour of this page. Unlike the service of 2022, it does not hand the caller's key on.</summary>
    public string Url(string itemsUrl, string neighbour)
    {
        List<string> parameters = [.. extensions.Select(extension => "extensions=" + Uri.EscapeDataString(extension))];
        if (limit is { } given)
        {
            parameters.Add("limit=" + given.ToString(CultureInfo.InvariantCulture));
        }

        parameters.Add("token=" + Uri.EscapeDataString(neighbour));
        return $"{itemsUrl}?{string.Join('&', parameters)}";
    }
}
