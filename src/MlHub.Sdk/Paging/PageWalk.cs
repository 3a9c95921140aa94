using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>Goes from page to page of one list, and never in a circle.</summary>
internal sealed class PageWalk(NextLinks links, PageRequest first)
{
    /// <summary>How many pages in a row may be empty. Servers that filter send empty pages in the middle of a list; broken ones send them for ever.</summary>
    public const int MaxEmptyPages = 1000;

    private readonly HashSet<UInt128> _visited = [first.Fingerprint()];
    private PageRequest _current = first;
    private int _emptyPages;

    /// <summary>What to send for the next page.</summary>
    /// <param name="page">Where this page came from.</param>
    /// <param name="nextLink">Its <c>next</c> link; null if it has none.</param>
    /// <param name="isEmpty">Whether it has no elements.</param>
    /// <returns>The request; null where the list ends.</returns>
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
            // A server may learn only from an empty page that the page before it was the last. The link of the empty one often leads to itself.
            return isEmpty ? null : throw links.Refused(next.Url, "it has been visited before, so that the list would never end");
        }

        _emptyPages = isEmpty ? _emptyPages + 1 : 0;
        return _emptyPages < MaxEmptyPages ? _current = next : throw links.Refused(next.Url, $"{MaxEmptyPages} pages in a row were empty");
    }
}
