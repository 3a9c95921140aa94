namespace MlHub.Sdk.Downloads.Identity;

/// <summary>What is known of one version of one remote file: where it is, and what its server says to tell its versions apart.</summary>
internal sealed record FileIdentity
{
    /// <summary>A mark of the address that was asked for (<see cref="AddressMark.Of"/>).</summary>
    internal ulong Asked { get; init; }

    /// <summary>The final address, without user information and query.</summary>
    internal required string Url { get; init; }

    /// <summary>A mark of the final address's query, without signatures, tokens and dates (<see cref="AddressMark.OfTarget"/>).</summary>
    internal ulong Query { get; init; }

    internal EntityTag? ETag { get; init; }

    internal DateTimeOffset? LastModified { get; init; }

    /// <summary>Whether <see cref="LastModified"/> is a strong validator: at least a second older than the answer's own Date (RFC 9110 §8.8.2.2).</summary>
    internal bool IsLastModifiedStrong { get; init; }

    /// <summary>The length of the whole file; null when the server does not say.</summary>
    internal long? Length { get; init; }

    /// <summary>The media type, such as <c>application/gzip</c>, without parameters; null when the server does not say.</summary>
    internal string? MediaType { get; init; }

    /// <summary>Whether two answers that agree in this are certain to be of the same bytes.</summary>
    internal bool IsProvable => Length is not null && (ETag is { IsWeak: false } || (LastModified is not null && IsLastModifiedStrong));

    /// <summary>A time in seconds since 1970, as journals and receipts hold it; null when no date has it.</summary>
    internal static DateTimeOffset? ReadTime(long seconds) =>
        seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? null : DateTimeOffset.FromUnixTimeSeconds(seconds);

    /// <summary>Why <see cref="IsProvable"/> is false, for a person.</summary>
    internal string WhyNotProvable => this switch
    {
        { Length: null } => "the server does not tell the file's length",
        { ETag: not null } => "the server's ETag is weak",
        { LastModified: not null } => "the server's Last-Modified is too recent, or comes without a Date, and so cannot tell two versions apart",
        _ => "the server sends neither an ETag nor a Last-Modified",
    };
}
