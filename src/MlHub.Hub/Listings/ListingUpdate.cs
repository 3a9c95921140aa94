using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using MlHub.Hub.Places;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Listings;

/// <summary>Lists a place again, and reads the documents that have changed.</summary>
/// <param name="client">Asks the servers.</param>
/// <param name="path">The file of the listing.</param>
/// <param name="report">Gets the number of objects that were found, and the key of one, now and then.</param>
internal sealed class ListingUpdate(PlaceClient client, string path, Action<long, string> report)
{
    /// <summary>The greatest length of a document. Larger JSON files are assets.</summary>
    internal const long LongestDocument = 64L * 1024 * 1024;

    private const int Readers = 8;
    private const int MostEmptyPages = 1000;
    private const int MostPages = 1_000_000;

    private static readonly TimeSpan SignatureLifetime = TimeSpan.FromMinutes(30);

    // More is no dataset, but a server that never ends.
    private const long MostObjects = 20_000_000;

    /// <summary>Lists a place of the network.</summary>
    /// <param name="place">The place.</param>
    /// <param name="isDocument">Whether the file with a key is to be read.</param>
    /// <param name="definition">The digest of the definition.</param>
    /// <param name="cancellationToken">Cancels it, and leaves the last listing.</param>
    /// <exception cref="PlaceException">The place cannot be listed. The last listing stays.</exception>
    internal async Task RunAsync(RemotePlace place, Func<string, bool> isDocument, byte[] definition, CancellationToken cancellationToken)
    {
        using var listing = Listing.Begin(path);
        await ListAsync(listing, place, cancellationToken).ConfigureAwait(false);
        await ReadAsync(listing, isDocument, found => place.AddressOf(found.Key) is { } address ? ReadAsync(place.Open(address, SignatureLifetime), cancellationToken) : Task.FromResult<(byte[]?, string?)>((null, "no address can name it")), cancellationToken).ConfigureAwait(false);
        listing.Publish(path, definition);
    }

    /// <summary>Lists a directory of this machine.</summary>
    internal async Task RunAsync(string directory, Func<string, bool> isDocument, byte[] definition, CancellationToken cancellationToken)
    {
        using var listing = Listing.Begin(path);
        foreach (var found in LocalDirectory.Files(directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            listing.Add(found);
        }

        await ReadAsync(listing, isDocument, found => ReadAsync(Path.Combine(directory, found.Key), cancellationToken), cancellationToken).ConfigureAwait(false);
        listing.Publish(path, definition);
    }

    private async Task ListAsync(Listing listing, RemotePlace place, CancellationToken cancellationToken)
    {
        var pages = new Stack<Uri>([place.FirstPage]);
        var (objects, empty, read) = (0L, 0, 0);
        while (pages.TryPop(out var page))
        {
            if (listing.HasPage(page))
            {
                throw new PlaceException($"{page.GetLeftPart(UriPartial.Path)} repeats a page of its listing");
            }

            var (content, next) = await PageAsync(listing, place, page, cancellationToken).ConfigureAwait(false);
            foreach (var one in next.Reverse())
            {
                pages.Push(one);
            }

            objects += content?.Objects.Count ?? 0;
            empty = content is { Objects.Count: 0 } ? empty + 1 : 0;
            if (objects > MostObjects || ++read > MostPages || (empty > MostEmptyPages && place is not HttpDirectoryPlace))
            {
                throw new PlaceException($"the listing of {page.GetLeftPart(UriPartial.Path)} does not end");
            }

            report(content?.Objects.Count ?? 0, content?.Objects is [.., var last] ? last.Key : "");
        }
    }

    private async Task<(ListingPage? Content, IReadOnlyList<Uri> Next)> PageAsync(Listing listing, RemotePlace place, Uri page, CancellationToken cancellationToken)
    {
        PlaceAnswer answer;
        try
        {
            answer = await client.GetAsync(place.Open(page, SignatureLifetime), listing.ETagOf(page), place.LongestPage, cancellationToken).ConfigureAwait(false);
        }
        catch (PlaceException error) when (error.IsRefusal)
        {
            throw new PlaceException($"{error.Message}. {place.Advice}", error.Status, error);
        }

        if (answer.Body is null)
        {
            return (null, listing.Reuse(page));
        }

        var content = Read(place, page, answer);
        return listing.Add(page, answer.ETag, content) ? (content, content.Next) : throw new PlaceException($"{page.GetLeftPart(UriPartial.Path)} lists the same objects again and again");
    }

    private static ListingPage Read(RemotePlace place, Uri page, PlaceAnswer answer)
    {
        try
        {
            return place.Read(page, answer);
        }
        catch (Exception error) when (error is UriFormatException or RegexMatchTimeoutException)
        {
            throw new PlaceException($"{page.GetLeftPart(UriPartial.Path)} sent a listing that takes too long to read, or leads to no address", null, error);
        }
    }

    private static async Task ReadAsync(Listing listing, Func<string, bool> isDocument, Func<StoredObject, Task<(byte[]? Bytes, string? WhyNot)>> read, CancellationToken cancellationToken)
    {
        foreach (var some in listing.Objects().Where(found => isDocument(found.Key) && found.Size <= LongestDocument).Where(found => !listing.ReuseDocument(found)).Chunk(Readers * 4))
        {
            var documents = new ConcurrentBag<(StoredObject Found, byte[]? Bytes, string? WhyNot)>();
            await Parallel.ForEachAsync(some, new ParallelOptions { MaxDegreeOfParallelism = Readers, CancellationToken = cancellationToken }, async (found, _) =>
            {
                var (bytes, whyNot) = await read(found).ConfigureAwait(false);
                documents.Add((found, bytes, whyNot));
            }).ConfigureAwait(false);
            foreach (var (found, bytes, whyNot) in documents)
            {
                listing.AddDocument(found, bytes, whyNot);
            }
        }
    }

    private async Task<(byte[]? Bytes, string? WhyNot)> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            return ((await client.GetAsync(address, null, LongestDocument, cancellationToken).ConfigureAwait(false)).Body, null);
        }
        catch (PlaceException error) when (error.IsRefusal)
        {
            return (null, $"it cannot be read: the server answered {(int)error.Status!}");
        }
    }

    private static async Task<(byte[]? Bytes, string? WhyNot)> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return (FileBytes.Of(file), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, "it cannot be read");
        }
    }
}
