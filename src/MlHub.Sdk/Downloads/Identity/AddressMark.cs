using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Sdk.Downloads.Identity;

/// <summary>
/// Hashes that distinguish addresses without storing them, because an address may contain secrets. <c>get?id=1</c> and <c>get?id=2</c> are different files.
/// Signatures and tokens change with each request. Mistaking one for an id only causes a new download. Mistaking an id for a signature could produce a wrong file,
/// so what only looks like one is ignored only where a strong ETag shows that the file is the same.
/// </summary>
internal static class AddressMark
{
    // For each kind of signature: the parameters that all signatures of that kind have, and all parameters that may belong to it.
    private static readonly Family[] Signatures =
    [
        new(["X-Amz-Signature"], name => name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)),
        new(["X-Goog-Signature"], name => name.StartsWith("X-Goog-", StringComparison.OrdinalIgnoreCase)),
        new(["AWSAccessKeyId", "Signature"], IsOneOf("AWSAccessKeyId", "Expires", "Signature")),
        new(["GoogleAccessId", "Signature"], IsOneOf("GoogleAccessId", "Expires", "Signature")),
        new(["Key-Pair-Id", "Signature"], IsOneOf("Key-Pair-Id", "Expires", "Policy", "Signature")),

        // A shared access signature of Azure always has a version and the signature itself.
        new(["sv", "sig"], IsOneOf(
            "sig", "sv", "se", "st", "sp", "sr", "ss", "srt", "spr", "sip", "si", "sdd", "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid",
            "ses", "sdr", "rscc", "rscd", "rsce", "rscl", "rsct")),
    ];

    // What is most probably a signature, although ?signature=oak may select a spectrum.
    private static readonly Family[] ProbableSignatures =
    [
        new([], IsOneOf("sig", "Signature")),
        new([], name => name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)),
        new([], name => name.StartsWith("X-Goog-", StringComparison.OrdinalIgnoreCase)),
    ];

    // What most probably gives access: keys, tokens and the secure links of nginx.
    private static readonly Family[] Access =
    [
        new([], IsOneOf(
            "key", "api_key", "apikey", "api-key", "token", "access_token", "auth", "authorization", "jwt", "hmac", "expires", "__token__", "hdnea", "hdnts", "hdntl")),
        new(["md5", "expires"], IsOneOf("md5")),
        new(["st", "e"], IsOneOf("st", "e")),
    ];

    // These are often part of a signature, and sometimes select a file: report.csv?date=2026-01-02. A redirect may lead to new ones each time.
    private static readonly Family[] Renewed =
    [
        new([], IsOneOf("hash", "md5", "verify", "ticket", "session", "expire", "expiry", "exp", "e", "st", "se", "ts", "timestamp", "date", "nonce", "policy")),
    ];

    /// <summary>
    /// The mark of a requested address, by which the journal of an earlier run is found. User information, signatures, probable ones and the fragment do not
    /// count. Whether the bytes belong to the same file is decided by the response.
    /// </summary>
    internal static ulong Of(Uri url) => OfAddress(url, Without(url, Signatures, ProbableSignatures));

    /// <summary>The mark of the address that a finished file was requested from. User information, signatures and the fragment do not count.</summary>
    internal static ulong OfFile(Uri url) => OfAddress(url, Without(url, Signatures));

    /// <summary>
    /// The mark of the query of the address that sent a response. Signatures do not count. If there is a strong ETag, which shows that the file is the same,
    /// probable signatures, keys and tokens do not count either and, after a redirect, dates and the like.
    /// </summary>
    internal static ulong OfQuery(Uri url, bool hasStrongETag, bool isRedirect) => Number(string.Join('&', Without(
        url, [Signatures, .. hasStrongETag ? [ProbableSignatures, Access] : Array.Empty<Family[]>(), .. hasStrongETag && isRedirect ? [Renewed] : Array.Empty<Family[]>()])));

    /// <summary>Whether the query seems to select one of several files at one path, and does not only give access.</summary>
    internal static bool HasTellingQuery(Uri url) => Without(url, Signatures, ProbableSignatures, Access).Length > 0;

    /// <summary>Whether a parameter has the name of a signature, a token, a date or a key.</summary>
    internal static bool IsAccessParameter(string parameter) =>
        Name(parameter) is var name && new[] { Signatures, ProbableSignatures, Access, Renewed }.Any(families => families.Any(family => family.Has(name)));

    // The parameters that belong to none of the families.
    private static string[] Without(Uri url, params Family[][] ignored)
    {
        if (url.Query.Length == 0)
        {
            return [];
        }

        var parameters = url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);
        var names = new HashSet<string>(parameters.Select(Name), StringComparer.OrdinalIgnoreCase);
        var present = ignored.SelectMany(families => families).Where(family => family.Marks.All(names.Contains)).ToArray();
        return [.. parameters.Where(parameter => !present.Any(family => family.Has(Name(parameter))))];
    }

    private static ulong OfAddress(Uri url, string[] parameters) => Number($"{RedactedUrl.Of(url).AbsoluteUri}?{string.Join('&', parameters)}");

    private static ulong Number(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Name(string parameter) => Uri.UnescapeDataString(parameter.Split('=', 2)[0]);

    private static Func<string, bool> IsOneOf(params string[] names)
    {
        var set = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        return set.Contains;
    }

    private sealed record Family(string[] Marks, Func<string, bool> Has);
}
