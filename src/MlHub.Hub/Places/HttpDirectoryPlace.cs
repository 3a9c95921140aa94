using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MlHub.Hub.Places;

/// <summary>A directory of a web server that lists it: the pages of nginx, Apache, lighttpd, Caddy and Python, and nginx's JSON.</summary>
internal sealed partial class HttpDirectoryPlace : RemotePlace
{
    private const int DeepestFolder = 32;
    private readonly string _root;

    /// <param name="directory">The address of the directory.</param>
    internal HttpDirectoryPlace(Uri directory) => _root = directory.AbsoluteUri.TrimEnd('/');

    internal override long LongestPage => 64L * 1024 * 1024;

    internal override Uri FirstPage => new(_root + "/");

    internal override string Advice => "The web server must list its directories (autoindex).";

    internal override ListingPage Read(Uri page, PlaceAnswer answer)
    {
        var folder = Uri.UnescapeDataString(page.AbsoluteUri[(_root.Length + 1)..]);
        if (folder.Count(letter => letter == '/') > DeepestFolder)
        {
            throw new PlaceException($"{_root} has folders in folders, more than {DeepestFolder} deep: links may go around in a circle");
        }

        var entries = answer.MediaType == "application/json" ? FromJson(page, answer.Body!) : FromHtml(page, Encoding.UTF8.GetString(answer.Body!));
        var objects = new List<StoredObject>();
        var folders = new List<Uri>();
        foreach (var entry in entries.DistinctBy(entry => entry.Name, StringComparer.Ordinal).Where(entry => entry.Name[0] != '.'))
        {
            if (entry.IsFolder)
            {
                folders.Add(new Uri($"{page.AbsoluteUri}{Uri.EscapeDataString(entry.Name)}/"));
            }
            else
            {
                objects.Add(new StoredObject(folder + entry.Name, entry.Size, $"{entry.Modified} {entry.SizeText}".Trim(), S3Place.Ticks(entry.Modified)));
            }
        }

        return new ListingPage(objects, folders);
    }

    internal override Uri? AddressOf(string key) => Append(_root, key);

    // [{"name": "B02.tif", "type": "file", "mtime": "Thu, 06 Jun 2019 08:15:30 GMT", "size": 4711}]
    private static IEnumerable<Entry> FromJson(Uri page, byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw ListingXml.NotAListing(page);
            }

            return
            [
                .. json.RootElement.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Object).Select(entry => new Entry(
                    Text(entry, "name"),
                    Text(entry, "type") == "directory",
                    entry.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes) ? bytes : -1,
                    entry.TryGetProperty("size", out var text) ? text.GetRawText() : "",
                    Text(entry, "mtime"))).Where(entry => entry.Name.Length > 0 && !entry.Name.Contains('/', StringComparison.Ordinal)),
            ];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new PlaceException($"{page.GetLeftPart(UriPartial.Path)} sent JSON that cannot be read", null, error);
        }
    }

    private static string Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";

    // Links to what is directly in the folder. Links that sort the page have a query, and others lead out.
    private static IEnumerable<Entry> FromHtml(Uri page, string html)
    {
        if (!html.Contains("<a", StringComparison.OrdinalIgnoreCase) && !html.Contains("<html", StringComparison.OrdinalIgnoreCase))
        {
            throw ListingXml.NotAListing(page);
        }

        foreach (Match link in Links().Matches(html))
        {
            var href = WebUtility.HtmlDecode(link.Groups["href"].Value);
            if (href.AsSpan().IndexOfAny('?', '#') >= 0 || !Uri.TryCreate(page, href, out var target) || !target.AbsoluteUri.StartsWith(page.AbsoluteUri, StringComparison.Ordinal))
            {
                continue;
            }

            var rest = target.AbsoluteUri[page.AbsoluteUri.Length..];
            var isFolder = rest.EndsWith('/');
            var name = Uri.UnescapeDataString(isFolder ? rest[..^1] : rest);
            if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal))
            {
                continue;
            }

            // What follows the link up to the next one: 06-Jun-2019 08:15    4711, in nginx and Apache, with cells between them.
            var facts = Facts().Match(Tags().Replace(link.Groups["after"].Value, " "));
            var size = facts.Groups["size"].Value;
            yield return new Entry(name, isFolder, long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : -1, size, facts.Groups["time"].Value);
        }
    }

    [GeneratedRegex("""<a\b[^>]*?\bhref\s*=\s*(?:"(?<href>[^"]*)"|'(?<href>[^']*)'|(?<href>[^\s>]+))[^>]*>.*?</a\s*>(?<after>(?:(?!<a\b).){0,400})""", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Links();

    [GeneratedRegex("<[^>]*>", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Tags();

    [GeneratedRegex(@"(?<time>\d{1,4}-\w{2,3}-\d{2,4}[ T]\d{2}:\d{2}(:\d{2})?)\s+(?<size>[\d.]+(\s?[KMGT])?)?", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Facts();

    private sealed record Entry(string Name, bool IsFolder, long Size, string SizeText, string Modified);
}
