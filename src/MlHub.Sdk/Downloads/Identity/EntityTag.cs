using System.Text;
using System.Text.RegularExpressions;

namespace MlHub.Sdk.Downloads.Identity;

/// <summary>
/// An ETag as the server sent it. Azure Blob Storage sends it without quotes unless <c>x-ms-version</c> is set. That violates RFC 9110 §8.8.3, but the value is
/// unique to each version of the blob, so it counts as strong. Of unquoted values, only a long hexadecimal number counts as strong, not a word such as
/// <c>undefined</c>.
/// </summary>
internal sealed partial record EntityTag(string Raw)
{
    internal bool IsWeak => !IsQuoted && !LongNumber().IsMatch(Raw);

    internal bool IsQuoted => Raw is ['"', .., '"'];

    /// <summary>
    /// The value for <c>If-Range</c>, which requires a strong tag (RFC 9110 §13.1.5). Null if it cannot be sent. HttpClient does not send non-ASCII headers,
    /// although such a tag (obs-text) is legal. In that case the tag is compared when the response arrives.
    /// </summary>
    internal string? ForIfRange => !IsWeak && IsQuoted && Raw.Length > 2 && Ascii.IsValid(Raw) ? Raw : null;

    internal static EntityTag? Read(string? raw) => string.IsNullOrWhiteSpace(raw) || raw.Trim() is "\"\"" ? null : new EntityTag(raw.Trim());

    /// <summary>Whether both tags identify the same version. Quotes are ignored; weakness is not.</summary>
    internal bool Names(EntityTag other) => Raw.Trim('"') == other.Raw.Trim('"');

    [GeneratedRegex("^(0x)?[0-9a-fA-F]{8,}(-[0-9]+)?$")]
    private static partial Regex LongNumber();
}
