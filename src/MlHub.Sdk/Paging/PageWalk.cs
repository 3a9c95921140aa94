using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>Follows the pages of one list, and detects loops.</summary>
internal sealed class PageWalk(NextLinks links, PageRequest first)
{
    /// <summary>
    /// The maximum number of empty pages in a row. Servers that filter send empty pages in the middle of a list; broken servers send them endlessly.
    /// </summary>
    public const int MaxEmptyPages = 1000;

    private readonly HashSet<UInt128> _visited = [first.Fingerprint()];
    private PageRequest _current = first;
    private int _emptyPages;

    /// <summary>Returns the request for the next page.</summary>
    /// <param name="page">The request for this page.</param>
    /// <param name="nextLink">Its <c>next</c> link. Null if it has none.</param>
    /// <param name="isEmpty">Whether it has no elements.</param>
    /// <returns>The request. Null at the end of the list.</returns>
    /// <exception cref="MlHubException">The link cannot be followed or repeats: the list would seem to end there.</exception>
    public PageRequest? After(Uri page, JsonElement? nextLink, bool isEmpty)
    {
        if (nextLink is not { } link)
        {
            return null;
        }

        var next = links.Follow(link, page, _current);
        if (!_visited.Add(next.Fingerprint()))
        {
            // Some servers detect the end of a list only when they produce an empty page. The link of that page often leads to itself.
            return isEmpty ? null : throw links.Refused(next.Url, "it was visited before, so the list would never end");
        }

        _emptyPages = isEmpty ? _emptyPages + 1 : 0;
        return _emptyPages < MaxEmptyPages ? _current = next : throw links.Refused(next.Url, $"{MaxEmptyPages} pages in a row were empty");
    }
}
