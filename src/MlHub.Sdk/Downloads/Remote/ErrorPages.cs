using System.Text;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// Recognizes a page that a server sends with status 200 instead of the requested file: a login form, a quota notice, an XML error. The first bytes of the body
/// count more than its media type, because servers also send files with wrong media types.
/// </summary>
internal static class ErrorPages
{
    // No login form is longer.
    private const long LongestPage = 1024 * 1024;

    private static readonly HashSet<string> HtmlExtensions = Set("html", "htm", "xhtml", "shtml", "xht", "mhtml");

    private static readonly HashSet<string> XmlExtensions = Set(
        "xml", "xsd", "xsl", "xslt", "kml", "gml", "gpx", "svg", "rss", "atom", "rdf", "owl", "wsdl", "dtd", "qml", "qgs", "vrt", "sld", "dim", "safe", "plist", "csl", "html", "htm", "xhtml", "xht");

    /// <summary>The number of first bytes that are enough to decide. They include white space at the start of a page, and the header of a gzip stream with a long file name.</summary>
    internal const int FirstBytes = 4096;

    // Formats that never begin with text.
    private static readonly HashSet<string> BinaryExtensions = Set(
        "gz", "tgz", "zip", "tar", "bz2", "tbz2", "xz", "txz", "zst", "7z", "rar", "z", "tif", "tiff", "png", "jpg", "jpeg", "jp2", "gif", "webp", "npy", "npz", "h5",
        "hdf", "hdf5", "nc", "nc4", "grib", "grib2", "parquet", "sqlite", "db", "gpkg", "pdf", "safetensors", "onnx", "pt", "pth", "pkl", "laz", "las", "copc", "mbtiles", "pmtiles", "fgb", "shp", "dbf");

    private const int BeginningLength = 256;

    private static readonly string[] PageBeginnings = ["<!doctype", "<!--", "<?xml", "<html", "<head", "<body", "<title", "<meta", "<script", "<error"];

    private enum Kind
    {
        Other,
        Html,
        Xml,
        Json,
        Text,
    }

    /// <summary>Whether the first bytes of the body are needed to decide.</summary>
    internal static bool NeedsFirstBytes(RemoteResponse response, string name)
    {
        var type = response.Identity.MediaType;
        return response.Status == System.Net.HttpStatusCode.OK && (
            MediaTypes.IsHtml(type) || MediaTypes.IsXml(type) || MediaTypes.IsJson(type) || MediaTypes.IsText(type) || response.Codings.Count > 0
            || BinaryExtensions.Contains(Extension(name)) || (response.ContentLength ?? 0) <= LongestPage);
    }

    /// <summary>A description of the page, such as "an HTML page". Null if the body may be the file.</summary>
    /// <param name="response">The first response.</param>
    /// <param name="asked">The requested file name. Null if the address does not contain one.</param>
    /// <param name="final">The file name after all redirects.</param>
    /// <param name="before">The media type that the file had before. Null if it is unknown.</param>
    /// <param name="first">The first bytes of the body. Empty if they were not needed.</param>
    internal static string? DescribePage(RemoteResponse response, string? asked, string final, string? before, ReadOnlySpan<byte> first)
    {
        var extension = Extension(asked ?? final);
        var kind = KindOf(response.Identity.MediaType, before, first);
        if (kind == Kind.Other && BinaryExtensions.Contains(extension) && (IsBinary(first) ? IsPageWithControls(first) : IsMarkup(first)))
        {
            kind = Kind.Html;
        }

        var isPage = kind switch
        {
            Kind.Other => false,
            Kind.Html when HtmlExtensions.Contains(extension) => false,
            Kind.Xml when XmlExtensions.Contains(extension) => false,
            Kind.Json when extension.EndsWith("json", StringComparison.OrdinalIgnoreCase) => false,
            Kind.Html or Kind.Xml when asked is not null => true,
            Kind.Json or Kind.Text => BinaryExtensions.Contains(extension) || (asked is null && IsBinary(before)),

            // The address contains no file name. The page may be the requested file, unless the file was something else before, or the address redirected to
            // another one.
            _ => IsOther(kind, before) || (before is null && response.HasMoved),
        };
        return isPage ? Name(kind) : null;
    }

    /// <summary>Whether the bytes begin like an HTML page or an XML document, and the name is not that of one.</summary>
    internal static bool IsPage(ReadOnlySpan<byte> first, string name) => !first.IsEmpty && KindOf(null, null, first) switch
    {
        Kind.Html => !HtmlExtensions.Contains(Extension(name)),
        Kind.Xml => !XmlExtensions.Contains(Extension(name)),
        _ => false,
    };

    private static Kind KindOf(string? type, string? before, ReadOnlySpan<byte> first)
    {
        if (first.IsEmpty)
        {
            // No first bytes were read (an empty body, or a large file with a binary media type), so the media type decides. If the file had the same media
            // type before, the response is not a page: a media type that is wrong now was wrong then.
            return type == before ? Kind.Other : ByLabel(type);
        }

        if (IsBinary(first))
        {
            return MediaTypes.IsHtml(type) && IsMarkup(first) ? Kind.Html : Kind.Other;
        }

        if (MediaTypes.IsText(type) && !MediaTypes.IsHtml(type) && !MediaTypes.IsXml(type))
        {
            return Kind.Text;
        }

        var text = WithoutLeadingSpace(first);
        return StartsWith(text, "<!doctype html") || StartsWith(text, "<html") ? Kind.Html
            : text is [(byte)'<', ..] ? (MediaTypes.IsHtml(type) ? Kind.Html : StartsWith(text, "<?xml") || StartsWith(text, "<error") || MediaTypes.IsXml(type) ? Kind.Xml : ByLabel(type))
            : text is [(byte)'{' or (byte)'[', ..] ? Kind.Json
            : ByLabel(type);
    }

    private static Kind ByLabel(string? type) =>
        MediaTypes.IsHtml(type) ? Kind.Html : MediaTypes.IsXml(type) ? Kind.Xml : MediaTypes.IsJson(type) ? Kind.Json : MediaTypes.IsText(type) ? Kind.Text : Kind.Other;

    private static bool IsOther(Kind kind, string? before) => before is not null && ByLabel(before) != kind;

    private static bool IsBinary(string? before) => before is not null && ByLabel(before) == Kind.Other;

    // Text has no control characters except white space. Bytes of 0x80 and above may be UTF-8. UTF-16 begins with a byte order mark.
    private static bool IsBinary(ReadOnlySpan<byte> first) =>
        first is not ([0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) && first.ContainsAnyInRange<byte>(0, 8) | first.ContainsAnyInRange<byte>(14, 26) | first.ContainsAnyInRange<byte>(28, 31);

    // No binary format begins like this. UTF-16 has a NUL in each letter.
    private static bool IsMarkup(ReadOnlySpan<byte> first) =>
        Letters(first) is [(byte)'<', var next, ..] && (char.IsAsciiLetter((char)next) || next is (byte)'!' or (byte)'?');

    // Random bytes begin with '<' and a letter once in 1,300 files, but not with the name of a tag.
    private static bool IsPageWithControls(ReadOnlySpan<byte> first)
    {
        var text = Letters(first);
        foreach (var beginning in PageBeginnings)
        {
            if (StartsWith(text, beginning))
            {
                return true;
            }
        }

        return false;
    }

    // The beginning without white space. Of UTF-16, one byte of each letter.
    private static ReadOnlySpan<byte> Letters(ReadOnlySpan<byte> first)
    {
        var begins = first[..Math.Min(first.Length, BeginningLength)];
        return WithoutLeadingSpace(begins switch
        {
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => Array.FindAll(begins[2..].ToArray(), letter => letter != 0),
            [not 0, 0, not 0, 0, ..] or [0, not 0, 0, not 0, ..] => Array.FindAll(begins.ToArray(), letter => letter != 0),
            _ => begins,
        });
    }

    private static ReadOnlySpan<byte> WithoutLeadingSpace(ReadOnlySpan<byte> first)
    {
        var text = first.StartsWith(Encoding.UTF8.Preamble) ? first[Encoding.UTF8.Preamble.Length..] : first;
        return text.TrimStart(" \t\r\n"u8);
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, string start) =>
        text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);

    private static string Extension(string name) => Path.GetExtension(name).TrimStart('.');

    private static string Name(Kind kind) => kind switch
    {
        Kind.Html => "an HTML page",
        Kind.Xml => "an XML document",
        Kind.Json => "a JSON document",
        _ => "plain text",
    };

    private static HashSet<string> Set(params string[] extensions) => new(extensions, StringComparer.OrdinalIgnoreCase);
}
