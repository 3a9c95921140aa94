using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Hub.Places;

/// <summary>Signs addresses of S3 ("Authenticating Requests: Using Query Parameters (AWS Signature Version 4)").</summary>
internal sealed class S3Signer : PlaceSigner
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string DefaultRegion = "us-east-1";

    private readonly string _id;
    private readonly string _secret;
    private readonly string? _session;
    private readonly string _region;

    /// <param name="bucket">The address of the bucket.</param>
    /// <param name="id">The id of the access key.</param>
    /// <param name="secret">The access key.</param>
    /// <param name="session">The token of temporary credentials. Null for others.</param>
    /// <param name="region">The region of the bucket.</param>
    internal S3Signer(Uri bucket, string id, string secret, string? session, string region)
        : base(Encoding.UTF8.GetBytes(secret), bucket.AbsoluteUri) => (_id, _secret, _session, _region) = (id, secret, session, region);

    /// <summary>The credentials of the variables that the tools of AWS use.</summary>
    /// <exception cref="PlaceException">They are missing.</exception>
    internal static S3Signer FromEnvironment(Uri bucket, Func<string, string?> variable) => new(
        bucket,
        Required(variable, "AWS_ACCESS_KEY_ID", "the id of an access key"),
        Required(variable, "AWS_SECRET_ACCESS_KEY", "the access key"),
        variable("AWS_SESSION_TOKEN") is { Length: > 0 } session ? session : null,
        RegionOf(bucket.Host) ?? (variable("AWS_REGION") is { Length: > 0 } region ? region : variable("AWS_DEFAULT_REGION") is { Length: > 0 } other ? other : DefaultRegion));

    internal override Uri Sign(Uri address, DateTimeOffset now, TimeSpan lifetime)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{time[..8]}/{_region}/s3/aws4_request";
        var parameters = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Decoded).Concat(
        [
            ("X-Amz-Algorithm", Algorithm),
            ("X-Amz-Credential", $"{_id}/{scope}"),
            ("X-Amz-Date", time),
            ("X-Amz-Expires", ((long)lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            ("X-Amz-SignedHeaders", "host"),
            .. _session is null ? Array.Empty<(string, string)>() : [("X-Amz-Security-Token", _session)],
        ]);
        var query = string.Join('&', parameters.Select(parameter => $"{Uri.EscapeDataString(parameter.Item1)}={Uri.EscapeDataString(parameter.Item2)}").Order(StringComparer.Ordinal));
        var host = address.IsDefaultPort ? address.Host : $"{address.Host}:{address.Port.ToString(CultureInfo.InvariantCulture)}";
        var request = $"GET\n{address.AbsolutePath}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD";
        var text = $"{Algorithm}\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)))}";
        var key = Hash(Hash(Hash(Hash(Encoding.UTF8.GetBytes("AWS4" + _secret), time[..8]), _region), "s3"), "aws4_request");
        return new Uri($"{address.GetLeftPart(UriPartial.Path)}?{query}&X-Amz-Signature={Convert.ToHexStringLower(Hash(key, text))}");
    }

    // s3.eu-west-1.amazonaws.com, bucket.s3.eu-west-1.amazonaws.com
    private static string? RegionOf(string host)
    {
        var parts = host.Split('.');
        var s3 = Array.LastIndexOf(parts, "s3");
        return host.EndsWith(".amazonaws.com", StringComparison.Ordinal) && s3 >= 0 && s3 + 1 < parts.Length - 2 ? parts[s3 + 1] : null;
    }

    private static (string Name, string Value) Decoded(string parameter) => parameter.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals
        ? (Uri.UnescapeDataString(parameter[..equals]), Uri.UnescapeDataString(parameter[(equals + 1)..]))
        : (Uri.UnescapeDataString(parameter), "");

    private static byte[] Hash(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
