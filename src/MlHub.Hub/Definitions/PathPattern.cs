using System.Text.RegularExpressions;

namespace MlHub.Hub.Definitions;

/// <summary>A pattern of paths: <c>*</c> stands for any characters but a slash, and <c>**</c> for any characters.</summary>
internal sealed class PathPattern(string pattern)
{
    private readonly Regex _regex = new($"^(?:{Regex.Escape(pattern).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal)})\\z", RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);

    internal bool Matches(string path) => _regex.IsMatch(path);
}
