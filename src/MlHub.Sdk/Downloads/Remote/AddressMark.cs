using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// Tells the addresses that were asked for apart without keeping them: ETags and dates are of one resource (RFC 9110 §8.8), and
/// <c>get?id=1</c> is another than <c>get?id=2</c>, wherever both redirect to. Signatures alone, which are new each time, do not count, and they
/// are known by all that belongs to them: a <c>si</c> of its own may be an id, and a key that changed costs bytes only.
/// </summary>
internal static class AddressMark
{
    // What each kind of signature cannot be without, and what belongs to it; the first three have names that nothing else has.
    private static readonly Family[] Families =
    [
        new([], IsOneOf("sig", "Signature")),
        new([], name => name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)),
        new([], name => name.StartsWith("X-Goog-", StringComparison.OrdinalIgnoreCase)),
        new(["AWSAccessKeyId", "Signature"], IsOneOf("AWSAccessKeyId", "Expires")),
        new(["GoogleAccessId", "Signature"], IsOneOf("GoogleAccessId", "Expires")),
        new(["Key-Pair-Id", "Signature"], IsOneOf("Key-Pair-Id", "Expires", "Policy")),

        // A shared access signature of Azure: the version and the signature itself are in all of them.
        new(["sv", "sig"], IsOneOf(
            "sv", "se", "st", "sp", "sr", "ss", "srt", "spr", "sip", "si", "sdd", "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid",
            "ses", "sdr", "rscc", "rscd", "rsce", "rscl", "rsct")),
    ];

    // Names of tokens, dates and keys: where an address redirects to may have new ones each time.
    private static readonly HashSet<string> Renewed = new(
        [
            "key", "api_key", "apikey", "api-key", "token", "access_token", "auth", "authorization", "jwt", "hmac", "hash", "md5", "verify", "ticket", "session",
            "expires", "expire", "expiry", "exp", "e", "st", "se", "ts", "timestamp", "date", "nonce", "policy", "__token__", "hdnea", "hdnts", "hdntl",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>A number for an address asked for, without user information, signature and fragment.</summary>
    internal static ulong Of(Uri url) => Number($"{RedactedUrl.Of(url).AbsoluteUri}?{string.Join('&', Telling(url))}");

    /// <summary>
    /// A number for what the query of an address redirected to says of which resource it is. Names of tokens, dates and keys do not count here: one
    /// and the same address was asked for, and is to go on when it leads to a new signature of any kind.
    /// </summary>
    internal static ulong OfTarget(Uri url) => Number(string.Join('&', TellingBeyondAccess(url)));

    /// <summary>Whether the query seems to say which of several resources at one path is meant, and not only who may have it.</summary>
    internal static bool HasTellingQuery(Uri url) => TellingBeyondAccess(url).Any();

    /// <summary>Whether a parameter of a query is called like a signature, a token, a date or a key.</summary>
    internal static bool SaysWhoMay(string parameter) =>
        Name(parameter) is var name && (Renewed.Contains(name) || Families.Any(family => family.Has(name)));

    private static IEnumerable<string> TellingBeyondAccess(Uri url) => Telling(url).Where(parameter => !Renewed.Contains(Name(parameter)));

    private static string[] Telling(Uri url)
    {
        var parameters = url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);
        var names = new HashSet<string>(parameters.Select(Name), StringComparer.OrdinalIgnoreCase);
        var signatures = Families.Where(family => family.Marks.All(names.Contains)).ToArray();
        return [.. parameters.Where(parameter => !signatures.Any(family => family.Has(Name(parameter))))];
    }

    private static ulong Number(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Name(string parameter) => Uri.UnescapeDataString(parameter.Split('=', 2)[0]);

    private static Func<string, bool> IsOneOf(params string[] names)
    {
        var set = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        return set.Contains;
    }

    private sealed record Family(string[] Marks, Func<string, bool> Has);
}
