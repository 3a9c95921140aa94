using System.Globalization;

namespace MlHub.Sdk.Downloads.Identity;

/// <summary>How two identities compare.</summary>
internal enum Likeness
{
    /// <summary>They are of the same bytes.</summary>
    Same,

    /// <summary>Nothing differs, but nothing proves that they are of the same bytes either.</summary>
    Unproved,

    /// <summary>They are of different versions of one file.</summary>
    OtherVersion,

    /// <summary>They are of different files.</summary>
    OtherFile,
}

/// <summary>A <see cref="Likeness"/>, and the reason for a person; null when they are the same.</summary>
internal readonly record struct Comparison(Likeness Likeness, string? Why)
{
    internal static Comparison Same => default;

    internal bool Differs => Likeness is Likeness.OtherVersion or Likeness.OtherFile;
}

/// <summary>Decides, in this one place, whether two things known of a remote file are about the same bytes.</summary>
internal static class Sameness
{
    /// <summary>
    /// Compares an answer with what an earlier answer said, to put bytes of both into one file. A length and a strong validator must agree, at the same
    /// final address: an ETag or a date is of one resource (RFC 9110 §8.8) and says nothing at another.
    /// </summary>
    /// <param name="known">What the first answer said.</param>
    /// <param name="later">What another answer says.</param>
    /// <param name="hasDigest">Whether a digest of the whole file is known. It finds out later what the address's query cannot tell now.</param>
    internal static Comparison OfAnswers(FileIdentity known, FileIdentity later, bool hasDigest)
    {
        if (known.Asked != later.Asked)
        {
            return new(Likeness.OtherFile, "it is of another address");
        }

        if (known.Url != later.Url)
        {
            return new(Likeness.OtherFile, $"its address was {known.Url} and is now {later.Url}");
        }

        if (known.Query != later.Query && !hasDigest)
        {
            return new(Likeness.OtherFile, "its address has another query now");
        }

        // "bytes 0-9/*" does not say the length. A strong ETag says it as well.
        var length = later.Length ?? (known.ETag is { IsWeak: false } ? known.Length : null);
        if (DifferenceOf(known, later with { Length = length }) is { } difference)
        {
            return new(Likeness.OtherVersion, difference);
        }

        return WhyUnproved(known, later) is { } doubt ? new(Likeness.Unproved, doubt) : Comparison.Same;
    }

    /// <summary>
    /// Compares an answer with what was noted when a file came. The file is another one when it was asked for under another address, unless both addresses lead to
    /// one place where an ETag or a date tells versions apart. It is an older version when a strong ETag differs or, without one, when Last-Modified is newer than it was or than the file.
    /// </summary>
    /// <param name="noted">What was noted when the file came.</param>
    /// <param name="cameAt">When the file came, by its server's clock.</param>
    /// <param name="now">What the server says now.</param>
    internal static Comparison OfFile(FileIdentity noted, DateTimeOffset cameAt, FileIdentity now)
    {
        var hasTags = noted.ETag is { IsWeak: false } && now.ETag is { IsWeak: false };
        var hasDates = noted.LastModified is not null && now.LastModified is not null;
        var isSamePlace = noted.Url == now.Url && noted.Query == now.Query && (hasTags || hasDates);
        if (noted.Asked != now.Asked && !isSamePlace)
        {
            return new(Likeness.OtherFile, $"it came from another address ({noted.Url})");
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

        return new(Likeness.Unproved, "the server sends nothing that tells two versions apart");
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
        { ETag.IsWeak: false } when later.ETag is null => "the server sends no ETag with a range",
        { ETag: null or { IsWeak: true } } when later.LastModified is null => "the server sends no Last-Modified with a range",
        _ => null,
    };

    private static string Text(long? length) => length?.ToString(CultureInfo.InvariantCulture) ?? "unknown";
}
