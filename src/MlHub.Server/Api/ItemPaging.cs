using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>A page of items as a client asked for it, and the links to its neighbours.</summary>
internal sealed record ItemPaging
{
    private const int DefaultLimit = 10;
    private const string NextPrefix = "next:";
    private const string PreviousPrefix = "prev:";

    private readonly int? _limitGiven;

    private ItemPaging(HubItemQuery query, int? limitGiven)
    {
        Query = query;
        _limitGiven = limitGiven;
    }

    public HubItemQuery Query { get; }

    /// <summary>Reads the query parameters.</summary>
    /// <exception cref="BadHttpRequestException">The token is none that a link of this server holds.</exception>
    public static ItemPaging Read(int? limit, IReadOnlyList<string> extensions, string? token)
    {
        var query = new HubItemQuery
        {
            Limit = limit ?? DefaultLimit,
            After = IdBehind(NextPrefix, token),
            Before = IdBehind(PreviousPrefix, token),
            Extensions = extensions,
        };
        return token is null || query.After is not null || query.Before is not null
            ? new ItemPaging(query, limit)
            : throw new BadHttpRequestException("token must be as the next or the previous link gave it.");
    }

    /// <summary>The page after this one. Unlike the service of 2022, it does not hand the caller's key on.</summary>
    public string Next(string itemsUrl, string lastId) => Url(itemsUrl, NextPrefix + lastId);

    /// <summary>The page before this one.</summary>
    public string Previous(string itemsUrl, string firstId) => Url(itemsUrl, PreviousPrefix + firstId);

    private static string? IdBehind(string prefix, string? token) =>
        token is not null && token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : null;

    private string Url(string itemsUrl, string token)
    {
        List<string> parameters = [.. Query.Extensions.Select(extension => "extensions=" + Uri.EscapeDataString(extension))];
        if (_limitGiven is { } limit)
        {
            parameters.Add("limit=" + limit.ToString(CultureInfo.InvariantCulture));
        }

        parameters.Add("token=" + Uri.EscapeDataString(token));
        return $"{itemsUrl}?{string.Join('&', parameters)}";
    }
}
