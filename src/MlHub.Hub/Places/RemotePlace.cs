namespace MlHub.Hub.Places;

/// <summary>A bucket, a container or a directory of a web server: how it is listed, and where its files are.</summary>
internal abstract class RemotePlace
{
    /// <summary>Signs addresses. Null if everybody may read the place.</summary>
    internal PlaceSigner? Signer { get; init; }

    /// <summary>The greatest length of a page of a listing, in bytes.</summary>
    internal abstract long LongestPage { get; }

    /// <summary>The address of the first page of the listing.</summary>
    internal abstract Uri FirstPage { get; }

    /// <summary>What to do if the place cannot be listed, as a sentence.</summary>
    internal abstract string Advice { get; }

    /// <summary>Reads a page of the listing.</summary>
    /// <param name="page">Its address.</param>
    /// <param name="answer">The answer of the server, with a body.</param>
    /// <exception cref="PlaceException">It is not a page of a listing.</exception>
    internal abstract ListingPage Read(Uri page, PlaceAnswer answer);

    /// <summary>The address of a file. Null if no address can name it.</summary>
    /// <param name="key">What its key has after the prefix.</param>
    internal abstract Uri? AddressOf(string key);

    /// <summary>An address that can be read now: with a signature, if the place needs it.</summary>
    internal Uri Open(Uri address, TimeSpan lifetime) => Signer?.Sign(address, TimeProvider.System.GetUtcNow(), lifetime) ?? address;

    /// <summary>Appends a key to an address. "." and ".." would be resolved as parts of a path (RFC 3986 §5.2.4), so no address can name them.</summary>
    private protected static Uri? Append(string root, string key)
    {
        var segments = key.Split('/');
        return !Array.Exists(segments, segment => segment is "." or "..") && Uri.TryCreate($"{root}/{string.Join('/', segments.Select(Uri.EscapeDataString))}", UriKind.Absolute, out var address) ? address : null;
    }
}
