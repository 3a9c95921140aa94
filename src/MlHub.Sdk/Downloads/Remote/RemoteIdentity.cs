using System.Globalization;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>Which version of which remote file an answer was about.</summary>
internal sealed record RemoteIdentity
{
    /// <summary>The final address, redacted.</summary>
    internal required string Url { get; init; }

    /// <summary>What its query says of which file it is, secrets aside (<see cref="AddressMark.OfTarget"/>).</summary>
    internal ulong QueryMark { get; init; }

    internal EntityTag? ETag { get; init; }

    internal DateTimeOffset? LastModified { get; init; }

    /// <summary>Whether the file could not have changed again within the second that <see cref="LastModified"/> names (RFC 9110 §8.8.2.2).</summary>
    internal bool IsLastModifiedStrong { get; init; }

    /// <summary>The whole file's length.</summary>
    internal long? Length { get; init; }

    /// <summary>Whether two answers with this identity are certain to be of the same bytes.</summary>
    internal bool IsProvable => Length is not null && (ETag is { IsWeak: false } || (LastModified is not null && IsLastModifiedStrong));

    /// <summary>Says why this can not be proved again, for a person.</summary>
    internal string WhyNotProvable => this switch
    {
        { Length: null } => "the server does not tell the file's length",
        { ETag: not null } => "the server's ETag is weak",
        { LastModified: not null } => "the server's Last-Modified is too recent, or comes without a Date, and so cannot tell two versions apart",
        _ => "the server sends neither an ETag nor a Last-Modified",
    };

    /// <summary>How a later answer is about something else; null when nothing in it differs.</summary>
    internal string? DifferenceFrom(RemoteIdentity later) => this switch
    {
        _ when Length != later.Length => $"its length was {Text(Length)} and is now {Text(later.Length)}",
        _ when ETag is not null && later.ETag is not null && !ETag.Names(later.ETag) => $"its ETag was {ETag.Raw} and is now {later.ETag.Raw}",
        _ when LastModified is not null && later.LastModified is not null && LastModified != later.LastModified =>
            $"its Last-Modified was {LastModified:R} and is now {later.LastModified:R}",
        _ when ETag is null or { IsWeak: true } && QueryMark != later.QueryMark => "its address has another query now",
        _ => null,
    };

    /// <summary>Why a later answer that does not differ may yet be about something else; null when it is certain to be about the same.</summary>
    internal string? DoubtAbout(RemoteIdentity later) => this switch
    {
        _ when !IsProvable => WhyNotProvable,
        { ETag.IsWeak: false } when later.ETag is null => "the server sends no ETag with a range",
        { ETag: null or { IsWeak: true } } when later.LastModified is null => "the server sends no Last-Modified with a range",
        _ => null,
    };

    private static string Text(long? length) => length?.ToString(CultureInfo.InvariantCulture) ?? "unknown";
}
