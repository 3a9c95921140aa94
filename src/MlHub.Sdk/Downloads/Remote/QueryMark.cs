using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// Tells addresses apart that differ in their queries only, without keeping the query: ETags and dates are of one resource
/// (RFC 9110 §8.8), and <c>get?id=1</c> is another than <c>get?id=2</c>. Parameters that sign or date an address, or are a key, do not count,
/// for these are new each time.
/// </summary>
internal static class QueryMark
{
    // Of AWS, Google, Azure (a shared access signature) and CloudFront, and what keys are called.
    private static readonly HashSet<string> Signing = new(StringComparer.OrdinalIgnoreCase)
    {
        "AWSAccessKeyId", "GoogleAccessId", "Expires", "Signature", "Key-Pair-Id", "Policy",
        "sig", "se", "st", "sp", "sr", "sv", "ss", "srt", "spr", "sip", "si", "sdd", "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid",
        "key", "api_key", "apikey", "api-key", "token", "access_token", "auth",
    };

    /// <summary>A number for what of an address's query says which resource it is; 0 where nothing does.</summary>
    internal static ulong Of(Uri url)
    {
        var telling = url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(TellsWhich).ToArray();
        return telling.Length == 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('&', telling))));
    }

    private static bool TellsWhich(string parameter)
    {
        var name = Uri.UnescapeDataString(parameter.Split('=', 2)[0]);
        return !Signing.Contains(name) && !name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase) && !name.StartsWith("X-Goog-", StringComparison.OrdinalIgnoreCase);
    }
}
