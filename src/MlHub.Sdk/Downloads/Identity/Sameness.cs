using System.Globalization;

namespace MlHub.Sdk.Downloads.Identity;

/// <summary>The result of comparing two identities.</summary>
internal enum Likeness
{
    /// <summary>They identify the same bytes.</summary>
    Same,

    /// <summary>Nothing differs, but nothing proves that they identify the same bytes.</summary>
    Unproved,

    /// <summary>They identify different versions of one file.</summary>
    OtherVersion,

    /// <summary>They identify different files.</summary>
    OtherFile,
}

/// <summary>A <see cref="Likeness"/> with a readable reason. The reason is null if they are the same.</summary>
internal readonly record struct Comparison(Likeness Likeness, string? Why)
{
    internal static Comparison Same => default;

    internal bool Differs => Likeness is Likeness.OtherVersion or Likeness.OtherFile;
}

/// <summary>Decides whether two identities of a remote file refer to the same bytes. All code uses this one place.</summary>
internal static class Sameness
{
    /// <summary>
    /// Compares a response with an earlier response whose bytes go into the same file. The length and a strong validator must be equal, at the same final
    /// address: an ETag or a date belongs to one resource (RFC 9110 §8.8) and means nothing at another.
    /// </summary>
    /// <param name="known">The identity from the first response.</param>
    /// <param name="later">The identity from the later response.</param>
    /// <param name="hasDigest">
    /// Whether a digest of the whole file is known. The digest can later detect a difference that the query of the address does not show now.
    /// </param>
    internal static Comparison OfResponses(FileIdentity known, FileIdentity later, bool hasDigest)
    {
        if (known.Asked != later.Asked)
        {
            return new(Likeness.OtherFile, "it is from another address");
        }

        if (known.Url != later.Url)
        {
            return new(Likeness.OtherFile, $"its address was {known.Url} and is now {later.Url}");
        }

        // A response without the ETag is compared below.
        if (known.Query != later.Query && !hasDigest && (later.ETag is not null || known.ETag is null))
        {
            return new(Likeness.OtherFile, "the query of its address has changed");
        }

        // "bytes 0-9/*" does not contain the length. An equal strong ETag implies an equal length.
        var length = later.Length ?? (known.ETag is { IsWeak: false } ? known.Length : null);
        if (DifferenceOf(known, later with { Length = length }) is { } difference)
        {
            return new(Likeness.OtherVersion, difference);
        }

        return WhyUnproved(known, later) is { } doubt ? new(Likeness.Unproved, doubt) : Comparison.Same;
    }

    /// <summary>
    /// Compares a response with the receipt of an existing file. It is another file if it was requested from another address. There are two exceptions: both
    /// addresses redirect to the same place, and an ETag or a date distinguishes its versions; or an equal ETag or date shows that only a signature or a token
    /// is new. It is an older version if a strong ETag differs or, without one, if Last-Modified is newer than in the receipt or newer than the download, or if
    /// the address now redirects to another query.
    /// </summary>
    /// <param name="noted">The identity in the receipt.</param>
    /// <param name="cameAt">When the file was downloaded, by the clock of the server.</param>
    /// <param name="now">The identity from the present response.</param>
    /// <param name="isRedirect">Whether the response came from another address than the requested one.</param>
    internal static Comparison OfFile(FileIdentity noted, DateTimeOffset cameAt, FileIdentity now, bool isRedirect)
    {
        var hasTags = noted.ETag is { IsWeak: false } && now.ETag is { IsWeak: false };
        var hasDates = noted.LastModified is not null && now.LastModified is not null;
        var isSamePlace = noted.Url == now.Url && noted.Query == now.Query;
        var isProved = hasTags ? noted.ETag!.Names(now.ETag!) : hasDates && noted.LastModified == now.LastModified;
        if (noted.Asked != now.Asked && !(isSamePlace && (isRedirect ? hasTags || hasDates : isProved)))
        {
            return new(Likeness.OtherFile, $"it came from another address ({noted.Url})");
        }

        if (noted.Url == now.Url && noted.Query != now.Query && noted.ETag is not { IsWeak: false } && now.ETag is not { IsWeak: false })
        {
            return new(Likeness.OtherVersion, "its address now redirects to another query, and the server sends no ETag");
        }

        if (hasTags)
        {
            return noted.ETag!.Names(now.ETag!) ? Comparison.Same : new(Likeness.OtherVersion, $"its ETag was {noted.ETag.Raw} and is now {now.ETag!.Raw}");
        }

        if (hasDates && noted.LastModified == now.LastModified)
        {
            return Comparison.Same;
        }

        if (now.LastModified is { } modified && (modified > cameAt || modified > noted.LastModified))
        {
            return new(Likeness.OtherVersion, noted.LastModified is null
                ? $"its Last-Modified is now {modified:R}"
                : $"its Last-Modified was {noted.LastModified:R} and is now {modified:R}");
        }

        return new(Likeness.Unproved, "the server sends nothing that distinguishes two versions");
    }

    private static string? DifferenceOf(FileIdentity known, FileIdentity later) =>
        known.Length != later.Length ? $"its length was {Text(known.Length)} and is now {Text(later.Length)}"
        : known.ETag is not null && later.ETag is not null && !known.ETag.Names(later.ETag) ? $"its ETag was {known.ETag.Raw} and is now {later.ETag.Raw}"
        : known.LastModified is not null && later.LastModified is not null && known.LastModified != later.LastModified
            ? $"its Last-Modified was {known.LastModified:R} and is now {later.LastModified:R}"
        : null;

    private static string? WhyUnproved(FileIdentity known, FileIdentity later) => known switch
    {
        { IsProvable: false } => known.WhyNotProvable,
        { ETag.IsWeak: false } when later.ETag is null => "the server sends no ETag in its response to a range request",
        { ETag: null or { IsWeak: true } } when later.LastModified is null => "the server sends no Last-Modified in its response to a range request",
        _ => null,
    };

    private static string Text(long? length) => length?.ToString(CultureInfo.InvariantCulture) ?? "unknown";
}
