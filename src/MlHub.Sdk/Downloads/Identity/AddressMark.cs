using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Sdk.Downloads.Identity;

/// <summary>
/// A hash that distinguishes addresses without storing them, because an address may contain secrets. <c>get?id=1</c> and <c>get?id=2</c> are different files.
/// Signatures change with each request and are ignored. A parameter is part of a signature only if all parameters of that kind of signature are present: a
/// single <c>si</c> may be an id. Mistaking a signature for an id only causes a new download. Mistaking an id for a signature could produce a wrong file.
/// </summary>
internal static class AddressMark
{
    // For each kind of signature: the required parameters, and all its parameters. The parameter names of the first three kinds have no other use.
    private static readonly Family[] Families =
    [
        new([], IsOneOf("sig", "Signature")),
        new([], name => name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)),
        new([], name => name.StartsWith("X-Goog-", StringComparison.OrdinalIgnoreCase)),
        new(["AWSAccessKeyId", "Signature"], IsOneOf("AWSAccessKeyId", "Expires")),
        new(["GoogleAccessId", "Signature"], IsOneOf("GoogleAccessId", "Expires")),
        new(["Key-Pair-Id", "Signature"], IsOneOf("Key-Pair-Id", "Expires", "Policy")),

        // The secure links of nginx.
        new(["md5", "expires"], IsOneOf("md5", "expires")),
        new(["st", "e"], IsOneOf("st", "e")),

        // A shared access signature of Azure always has a version and the signature itself.
        new(["sv", "sig"], IsOneOf(
            "sv", "se", "st", "sp", "sr", "ss", "srt", "spr", "sip", "si", "sdd", "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid",
            "ses", "sdr", "rscc", "rscd", "rsce", "rscl", "rsct")),
    ];

    // Keys and tokens, whose names have no other use.
    private static readonly HashSet<string> Access = new(
        ["key", "api_key", "apikey", "api-key", "token", "access_token", "auth", "authorization", "jwt", "hmac", "expires", "__token__", "hdnea", "hdnts", "hdntl"],
        StringComparer.OrdinalIgnoreCase);

    // These are often part of a signature, and sometimes name a file: report.csv?date=2026-01-02. A redirect may lead to new ones each time.
    private static readonly HashSet<string> Renewed = new(
        ["hash", "md5", "verify", "ticket", "session", "expire", "expiry", "exp", "e", "st", "se", "ts", "timestamp", "date", "nonce", "policy"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The mark of a requested address. User information, signatures and the fragment do not count.</summary>
    internal static ulong Of(Uri url) => Number($"{RedactedUrl.Of(url).AbsoluteUri}?{string.Join('&', Telling(url))}");

    /// <summary>
    /// The mark of the address that a finished file was downloaded from. Keys and tokens are ignored: the file is also compared with the server's validators,
    /// and a new token does not mean another file. A date counts, because it may select the file.
    /// </summary>
    internal static ulong OfFile(Uri url) => Number($"{RedactedUrl.Of(url).AbsoluteUri}?{string.Join('&', TellingBeyondAccess(url))}");

    /// <summary>
    /// The mark of the query of the address that sent a response with a strong ETag. After a redirect, tokens, dates and keys are ignored: the requested address
    /// is the same, and it may redirect to a new signature of any kind.
    /// </summary>
    internal static ulong OfTarget(Uri url, bool isRedirect) =>
        Number(string.Join('&', TellingBeyondAccess(url).Where(parameter => !isRedirect || !Renewed.Contains(Name(parameter)))));

    /// <summary>
    /// The mark of the whole query of the address that sent a response. Without a strong ETag, nothing shows that a file is the same if what looks like a
    /// signature, a token or a date has changed: it may select the file.
    /// </summary>
    internal static ulong OfQuery(Uri url) => Number(string.Join('&', Parameters(url)));

    /// <summary>Whether the query seems to select one of several files at one path, and does not only contain access parameters.</summary>
    internal static bool HasTellingQuery(Uri url) => TellingBeyondAccess(url).Any();

    /// <summary>Whether a parameter has the name of a signature, a token, a date or a key.</summary>
    internal static bool IsAccessParameter(string parameter) =>
        Name(parameter) is var name && (Access.Contains(name) || Renewed.Contains(name) || Families.Any(family => family.Has(name)));

    private static IEnumerable<string> TellingBeyondAccess(Uri url) => Telling(url).Where(parameter => !Access.Contains(Name(parameter)));

    private static string[] Telling(Uri url)
    {
        var parameters = Parameters(url);
        var names = new HashSet<string>(parameters.Select(Name), StringComparer.OrdinalIgnoreCase);
        var signatures = Families.Where(family => family.Marks.All(names.Contains)).ToArray();
        return [.. parameters.Where(parameter => !signatures.Any(family => family.Has(Name(parameter))))];
    }

    private static string[] Parameters(Uri url) => url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);

    private static ulong Number(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Name(string parameter) => Uri.UnescapeDataString(parameter.Split('=', 2)[0]);

    private static Func<string, bool> IsOneOf(params string[] names)
    {
        var set = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        return set.Contains;
    }

    private sealed record Family(string[] Marks, Func<string, bool> Has);
}
