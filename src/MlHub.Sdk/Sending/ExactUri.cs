using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>Creates addresses that are sent exactly as they are written.</summary>
internal static partial class ExactUri
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Creates an address from escaped text. <c>%2E%2E</c> is kept unchanged.</summary>
    public static Uri Create(string escaped) => new(escaped, AsWritten);

    /// <summary>Scheme, host, port and path of an absolute http or https address, as written, without user information and query.</summary>
    public static string WithoutQuery(Uri url) => $"{url.Scheme}://{url.Authority}{url.AbsolutePath}";

    /// <summary>The text after the last slash of the path, as written. Empty if there is no path.</summary>
    public static string LastSegment(Uri url)
    {
        var path = url.AbsolutePath.TrimEnd('/');
        return path[(path.LastIndexOf('/') + 1)..];
    }

    /// <summary>
    /// Creates an address from an expanded template. Segments <c>.</c> and <c>..</c> are ids, so they are escaped and stay segments. <see cref="Uri"/> would
    /// treat them, and also <c>%2E%2E</c>, as relative path segments (RFC 3986 §5.2.4, §6.2.2.2).
    /// </summary>
    public static Uri FromTemplate(string expanded)
    {
        var end = expanded.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? expanded : expanded[..end];
        var query = end < 0 ? "" : expanded[end..];
        return Create(DotSegment().Replace(path, segment => segment.Value.Replace(".", "%2E", StringComparison.Ordinal)) + query);
    }

    [GeneratedRegex(@"(?<=/)\.{1,2}(?=/|$)", RegexOptions.CultureInvariant)]
    private static partial Regex DotSegment();
}
