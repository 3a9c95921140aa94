using System.Buffers;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>
/// Decides which addresses are under the root URL, for every server that may handle the request. Servers decode <c>%2e</c>, <c>%2f</c> and <c>%5c</c>, some of
/// them more than once, and then treat <c>..</c> as the parent segment: behind nginx, <c>/mlhub/v1/..%2fother/</c> is <c>/mlhub/other/</c>, which may be
/// another service.
/// </summary>
internal static partial class RootPath
{
    /// <summary>A path without these has no other reading.</summary>
    private static readonly SearchValues<char> MayHide = SearchValues.Create("%\\; ");

    /// <summary>A path that still changes after this many decodings is considered malicious.</summary>
    private const int MaxDecodings = 16;

    /// <summary>
    /// Whether an address has the scheme, host and port of the root URL and a path at or under it, regardless of how often and in which order servers decode
    /// and normalize the path.
    /// </summary>
    /// <param name="root">The root URL, normalized by <see cref="RootUrls"/>.</param>
    /// <param name="url">The address.</param>
    internal static bool Includes(Uri root, Uri url)
    {
        if (!Origin.IsSame(url, root))
        {
            return false;
        }

        var (path, prefix) = (url.AbsolutePath, root.AbsolutePath);
        return path.StartsWith(prefix, StringComparison.Ordinal)
            ? NeverLeaves(path[prefix.Length..])
            : string.Equals(path, prefix.TrimEnd('/'), StringComparison.Ordinal);
    }

    /// <summary>
    /// Compares the steps down that every server sees with the steps up that any server may see. A segment such as <c>a%2fb</c> is one step down for one server
    /// and two for another, so it counts once. A segment that contains <c>..</c> in any encoding never counts as a step down.
    /// </summary>
    private static bool NeverLeaves(string path)
    {
        if (!path.AsSpan().ContainsAny(MayHide) && !path.Contains("..", StringComparison.Ordinal))
        {
            return true;
        }

        var depth = 0;
        foreach (var segment in path.Split('/', '\\'))
        {
            if (Decode(segment) is not { } decoded || UnusualEncoding().IsMatch(decoded))
            {
                return false;
            }

            var parts = decoded.Split('/', '\\');
            var up = parts.Count(part => Bare(part) == "..");
            depth += up > 0 ? -up : parts.Any(part => Bare(part) is not ("" or ".")) ? 1 : 0;
            if (depth < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A segment decoded until nothing changes. Null if that takes too many decodings.</summary>
    private static string? Decode(string segment)
    {
        for (var decodings = 0; decodings < MaxDecodings; decodings++)
        {
            var decoded = Uri.UnescapeDataString(segment);
            if (decoded == segment)
            {
                return decoded;
            }

            segment = decoded;
        }

        return null;
    }

    /// <summary>Java servers remove path parameters (<c>..;x</c>), and other servers truncate at control characters or remove spaces.</summary>
    private static string Bare(string part) => string.Concat(part.Split(';', 2)[0].Where(c => !char.IsControl(c) && c != ' '));

    /// <summary>Dots and slashes as overlong UTF-8 or as <c>%u002e</c>, which some old servers decode.</summary>
    [GeneratedRegex("%(?:c0%[2a][ef]|c1%[19]c|e0%80%a[ef]|u00(?:2[ef]|5c))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UnusualEncoding();
}
