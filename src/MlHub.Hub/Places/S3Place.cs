using System.Globalization;
using System.Net;

namespace MlHub.Hub.Places;

/// <summary>A bucket of S3, or of a server with the same protocol, that everybody may list (ListObjectsV2).</summary>
internal sealed class S3Place : RemotePlace
{
    private readonly string _bucket;
    private readonly string _prefix;

    /// <param name="bucket">The address of the bucket: <c>https://bucket.host</c> or <c>https://host/bucket</c>.</param>
    /// <param name="prefix">What the keys begin with.</param>
    internal S3Place(Uri bucket, string prefix) => (_bucket, _prefix) = (bucket.AbsoluteUri.TrimEnd('/'), prefix);

    internal override long LongestPage => ListingXml.Longest;

    internal override Uri FirstPage => Page(null);

    internal override string Advice => "Everybody must be allowed to list the bucket (s3:ListBucket) and to read its objects.";

    internal override ListingPage Read(Uri page, PlaceAnswer answer)
    {
        var objects = new List<StoredObject>();
        var (key, size, etag, modified) = ("", -1L, "", "");
        var (isTruncated, isEncoded, token) = (false, false, "");
        ListingXml.Read(page, answer.Body!, "ListBucketResult", See, end =>
        {
            if (end == "Contents")
            {
                objects.Add(new StoredObject(key, size, etag.Length > 0 ? etag : $"{modified} {size}", Ticks(modified)));
                (key, size, etag, modified) = ("", -1, "", "");
            }
        });
        if (isTruncated && token.Length == 0)
        {
            throw new PlaceException($"{_bucket} says that its listing goes on, and not where");
        }

        return new ListingPage([.. objects.Select(found => found with { Key = isEncoded ? WebUtility.UrlDecode(found.Key) : found.Key }).Where(IsFile).Select(WithoutPrefix)], isTruncated ? [Page(token)] : []);

        void See(string path, string text, bool _)
        {
            switch (path)
            {
                case "Contents/Key":
                    key = text;
                    break;
                case "Contents/Size":
                    size = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
                    break;
                case "Contents/ETag":
                    etag = text.Trim('"');
                    break;
                case "Contents/LastModified":
                    modified = text;
                    break;
                case "IsTruncated":
                    isTruncated = text == "true";
                    break;
                case "EncodingType":
                    isEncoded = text == "url";
                    break;
                case "NextContinuationToken":
                    token = text;
                    break;
                default:
                    break;
            }
        }
    }

    internal override Uri? AddressOf(string key) => Append(_bucket, _prefix + key);

    internal static long Ticks(string time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var found) ? found.UtcTicks : 0;

    // Keys may have characters that XML has not, so they are asked for percent-encoded.
    private Uri Page(string? token) => new(
        $"{(_bucket.IndexOf('/', "https://".Length) < 0 ? _bucket + "/" : _bucket)}?list-type=2&encoding-type=url&prefix={Uri.EscapeDataString(_prefix)}{(token is null ? "" : $"&continuation-token={Uri.EscapeDataString(token)}")}");

    // A key that ends in a slash is the folder that a console made. A server may ignore the prefix.
    private bool IsFile(StoredObject found) => found.Key.Length > _prefix.Length && found.Key.StartsWith(_prefix, StringComparison.Ordinal) && found.Key[^1] != '/';

    private StoredObject WithoutPrefix(StoredObject found) => found with { Key = found.Key[_prefix.Length..] };
}
