namespace MlHub.Sdk.Downloads.Identity;

/// <summary>Identifies one version of one remote file: its address, and the validators that distinguish its versions.</summary>
internal sealed record FileIdentity
{
    /// <summary>A mark of the requested address: <see cref="AddressMark.Of"/> in a journal, <see cref="AddressMark.OfFile"/> in a receipt.</summary>
    internal ulong Asked { get; init; }

    /// <summary>The final address, without user information and query.</summary>
    internal required string Url { get; init; }

    /// <summary>A mark of the final address's query (<see cref="AddressMark.OfQuery"/>).</summary>
    internal ulong Query { get; init; }

    internal EntityTag? ETag { get; init; }

    internal DateTimeOffset? LastModified { get; init; }

    /// <summary>
    /// Whether <see cref="LastModified"/> is a strong validator: at least one second older than the Date of the response (RFC 9110 §8.8.2.2).
    /// </summary>
    internal bool IsLastModifiedStrong { get; init; }

    /// <summary>The length of the whole file; null if the server does not report it.</summary>
    internal long? Length { get; init; }

    /// <summary>The media type, such as <c>application/gzip</c>, without parameters; null if the server does not report it.</summary>
    internal string? MediaType { get; init; }

    /// <summary>Whether two responses with equal identities certainly contain the same bytes.</summary>
    internal bool IsProvable => Length is not null && (ETag is { IsWeak: false } || (LastModified is not null && IsLastModifiedStrong));

    /// <summary>A time in seconds since 1970, as stored in journals and receipts. Null if it is not a valid date.</summary>
    internal static DateTimeOffset? ReadTime(long seconds) =>
        seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? null : DateTimeOffset.FromUnixTimeSeconds(seconds);

    /// <summary>A readable reason why <see cref="IsProvable"/> is false.</summary>
    internal string WhyNotProvable => this switch
    {
        { Length: null } => "the server does not report the length of the file",
        { ETag: not null } => "the server's ETag is weak",
        { LastModified: not null } => "the server's Last-Modified is too recent or has no Date header, and cannot distinguish two versions",
        _ => "the server sends neither an ETag nor a Last-Modified",
    };
}
