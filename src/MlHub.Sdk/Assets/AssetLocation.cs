using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>The address that an asset can be downloaded from.</summary>
/// <param name="Url">An absolute http or https address; null if there is none.</param>
/// <param name="WhyNot">The reason why there is no address. Null if there is one.</param>
internal sealed partial record AssetLocation(Uri? Url, string? WhyNot)
{
    /// <summary>
    /// Reads the href of an asset as the Python client does: <c>s3://bucket/key</c> is downloaded over https. A relative href is resolved against the item's
    /// <c>self</c> link (STAC 1.0.0, Link Object), or against the root URL if there is none.
    /// </summary>
    /// <param name="href">The href as the server sent it.</param>
    /// <param name="self">The address of the item's <c>self</c> link; null if it has none.</param>
    /// <param name="root">The root URL, with a trailing slash.</param>
    internal static AssetLocation Of(string? href, Uri? self, Uri root)
    {
        if (string.IsNullOrWhiteSpace(href))
        {
            return new AssetLocation(null, "it has no href");
        }

        href = href.Trim();
        if ((href.StartsWith("https://", StringComparison.Ordinal) || href.StartsWith("http://", StringComparison.Ordinal)) && Absolute(href) is { Host.Length: > 0 } usual)
        {
            return new AssetLocation(usual, null);
        }

        if (S3().Match(href) is { Success: true } s3)
        {
            return new AssetLocation(OfS3(s3.Groups["bucket"].Value, s3.Groups["key"].Value), null);
        }

        // On Unix, .NET treats /data/B02.tif as the path of a local file.
        var resolved = Scheme().IsMatch(href)
            ? Absolute(href)
            : Relative(self ?? root, self is not null || href.StartsWith("//", StringComparison.Ordinal) ? href : "./" + href.TrimStart('/'));
        return resolved is { Scheme: "http" or "https", Host.Length: > 0 } ? new AssetLocation(resolved, null)

            // The href itself is not repeated, because it may contain a signature.
            : new AssetLocation(null, resolved is null ? "its href is not an address" : $"its href begins with '{resolved.Scheme}:', but only http, https and s3 are supported");
    }

    // A bucket name with dots does not match the certificate of *.s3.amazonaws.com. A ? or # is part of the key. Escapes are kept.
    private static Uri? OfS3(string bucket, string key)
    {
        var path = key.Replace("?", "%3F", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
        return Absolute(bucket.Contains('.', StringComparison.Ordinal) ? $"https://s3.amazonaws.com/{bucket}/{path}" : $"https://{bucket}.s3.amazonaws.com/{path}");
    }

    private static Uri? Absolute(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;

    private static Uri? Relative(Uri from, string text) => Uri.TryCreate(from, text, out var url) ? url : null;

    // RFC 3986 §3.1.
    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*:", RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex("^s3://(?<bucket>[A-Za-z0-9][A-Za-z0-9._-]+)/(?<key>.+)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex S3();
}
