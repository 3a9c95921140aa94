using System.Text;
using System.Text.RegularExpressions;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// An ETag as it was sent. Azure Blob Storage sends it without quotes unless <c>x-ms-version</c> asks otherwise: that is against
/// RFC 9110 §8.8.3, but the value is unique to each version of the blob, so it counts as strong. So does what looks like it: a
/// long hexadecimal number, and not a word such as <c>undefined</c>.
/// </summary>
internal sealed partial record EntityTag(string Raw)
{
    internal bool IsWeak => !IsQuoted && !LongNumber().IsMatch(Raw);

    internal bool IsQuoted => Raw is ['"', .., '"'];

    /// <summary>
    /// What <c>If-Range</c> may carry: a strong tag (RFC 9110 §13.1.5) that the server will recognise as one. One beyond ASCII
    /// (obs-text) is legal, but HttpClient sends no such header: it is compared when the answer is there.
    /// </summary>
    internal string? ForIfRange => !IsWeak && IsQuoted && Raw.Length > 2 && Ascii.IsValid(Raw) ? Raw : null;

    internal static EntityTag? Read(string? raw) => string.IsNullOrWhiteSpace(raw) || raw.Trim() is "\"\"" ? null : new EntityTag(raw.Trim());

    [GeneratedRegex("^(0x)?[0-9a-fA-F]{8,}(-[0-9]+)?$")]
    private static partial Regex LongNumber();

    /// <summary>Whether both name the same version: the quotes are no part of it, weakness is.</summary>
    internal bool Names(EntityTag other) => Raw.Trim('"') == other.Raw.Trim('"');
}
