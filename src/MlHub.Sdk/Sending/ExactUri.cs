using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>Addresses that reach the wire as they are written.</summary>
internal static partial class ExactUri
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>An address from text that is escaped already; <c>%2E%2E</c> stays what it is.</summary>
    public static Uri Create(string escaped) => new(escaped, AsWritten);

    /// <summary>Scheme, host, port and path of an absolute http or https address, as written; neither user information nor query.</summary>
    public static string WithoutQuery(Uri url) => $"{url.Scheme}://{url.Authority}{url.AbsolutePath}";

    /// <summary>What stands behind the last slash of the path, as written; empty when there is no path.</summary>
    public static string LastSegment(Uri url)
    {
        var path = url.AbsolutePath.TrimEnd('/');
        return path[(path.LastIndexOf('/') + 1)..];
    }

    /// <summary>
    /// An address from an expanded template whose segments <c>.</c> and <c>..</c> are ids: they are escaped, so that they stay segments.
    /// <see cref="Uri"/> would take them, and <c>%2E%2E</c> too, for steps up the path (RFC 3986 §5.2.4, §6.2.2.2).
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
