using System.Text;
using System.Text.RegularExpressions;

namespace MlHub.Sdk.Downloads.Identity;

/// <summary>
/// An ETag as it was sent. Azure Blob Storage sends it without quotes unless <c>x-ms-version</c> asks otherwise. That breaks RFC 9110 §8.8.3, but the
/// value is unique to each version of the blob, so it counts as strong. An unquoted word such as <c>undefined</c> does not: only a long hexadecimal number.
/// </summary>
internal sealed partial record EntityTag(string Raw)
{
    internal bool IsWeak => !IsQuoted && !LongNumber().IsMatch(Raw);

    internal bool IsQuoted => Raw is ['"', .., '"'];

    /// <summary>
    /// The value for <c>If-Range</c>, which takes a strong tag (RFC 9110 §13.1.5); null when it cannot be sent. HttpClient sends no header beyond
    /// ASCII, though such a tag (obs-text) is legal: it is compared when the answer has come.
    /// </summary>
    internal string? ForIfRange => !IsWeak && IsQuoted && Raw.Length > 2 && Ascii.IsValid(Raw) ? Raw : null;

    internal static EntityTag? Read(string? raw) => string.IsNullOrWhiteSpace(raw) || raw.Trim() is "\"\"" ? null : new EntityTag(raw.Trim());

    /// <summary>Whether both tags name the same version. The quotes are not part of the name; weakness is.</summary>
    internal bool Names(EntityTag other) => Raw.Trim('"') == other.Raw.Trim('"');

    [GeneratedRegex("^(0x)?[0-9a-fA-F]{8,}(-[0-9]+)?$")]
    private static partial Regex LongNumber();
}
