using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace MlHub.Server;

/// <summary>A page of items as a client asked for it, and the links to its neighbours.</summary>
internal sealed record ItemPaging
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 10_000;
    private const string NextPrefix = "next:";
    private const string PreviousPrefix = "prev:";

    private readonly int? _limitGiven;

    private ItemPaging(HubItemQuery query, int? limitGiven)
    {
        Query = query;
        _limitGiven = limitGiven;
    }

    public HubItemQuery Query { get; }

    /// <summary>Reads the query parameters. If one is wrong, the failure says why.</summary>
    public static ItemPaging? Read(int? limit, IReadOnlyList<string>? extensions, string? token, out IActionResult? failure)
    {
        failure = limit is < 1 or > MaxLimit ? new FailureResult(400, $"limit must be an integer from 1 to {MaxLimit}.")
            : token is null or "" || token.StartsWith(NextPrefix, StringComparison.Ordinal) || token.StartsWith(PreviousPrefix, StringComparison.Ordinal) ? null
            : new FailureResult(400, "token must be the token of a next or previous link.");
        return failure is not null ? null : new ItemPaging(
            new HubItemQuery
            {
                Limit = limit ?? DefaultLimit,
                After = IdBehind(NextPrefix, token),
                Before = IdBehind(PreviousPrefix, token),
                Extensions = [.. (extensions ?? []).Where(extension => !string.IsNullOrEmpty(extension))],
            },
            limit);
    }

    /// <summary>The next page. Unlike the service of 2022, the link does not contain the caller's key.</summary>
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
