namespace MlHub.Sdk;

/// <summary>
/// The text of a profiles file: what its sections hold, and the same text with one entry set and every other line as it was.
/// Immutable.
/// </summary>
internal sealed class ProfilesText
{
    /// <summary>The section that all others inherit. It is no profile.</summary>
    internal const string DefaultSection = "DEFAULT";

    /// <summary>The key of an API key, and that of a root URL.</summary>
    internal const string ApiKeyKey = "api_key";

    /// <inheritdoc cref="ApiKeyKey" />
    internal const string RootUrlKey = "root_url";

    private readonly string _path;
    private readonly IReadOnlyList<string> _lines;
    private readonly List<ProfileSection> _sections;
    private readonly ProfileSection _defaults;

    private ProfilesText(string path, string text)
    {
        _path = path;
        // Notepad writes a byte order mark. Python's parser stumbles over it; here it is no part of the text.
        _lines = SplitLines(text.TrimStart('\uFEFF'));
        var parser = new ProfilesParser(path);
        parser.Read(_lines);
        (_sections, _defaults) = (parser.Sections, parser.Defaults);
    }

    /// <summary>The names of the sections, in order, without <c>[DEFAULT]</c>.</summary>
    internal IEnumerable<string> Names => _sections.Select(section => section.Name);

    /// <summary>Reads a text.</summary>
    /// <param name="path">The file it is from, for messages.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="MlHubException">The text is not what Python's configparser accepts.</exception>
    internal static ProfilesText Parse(string path, string text) => new(path, text);

    internal bool Has(string section) => Find(section) is not null;

    /// <summary>The value of a key in a section or, inherited, in <c>[DEFAULT]</c>; null where neither has it.</summary>
    /// <param name="section">A section's name. One that is not there has what it would inherit.</param>
    /// <param name="key">The key in lower case.</param>
    /// <exception cref="MlHubException">The value refers to itself.</exception>
    internal string? Get(string section, string key)
    {
        ProfileSection? own = Find(section);
        if (Entry(own, key) is not { } entry)
        {
            return null;
        }

        return Interpolation.Expand(entry.RawValue, name => Entry(own, name)?.RawValue)
            ?? throw new MlHubException(
                $"The profiles file {_path} cannot be used: the value of {key} on line {entry.Line + 1} refers to other values without end.");
    }

    private ProfileSection? Find(string section) => _sections.Find(candidate => candidate.Name == section);

    private ProfileEntry? Entry(ProfileSection? own, string key) =>
        own is not null && own.Entries.TryGetValue(key, out ProfileEntry? entry) ? entry : _defaults.Entries.GetValueOrDefault(key);

    // With their ends, which are \n, \r\n or \r as in Python's universal newlines.
    private static List<string> SplitLines(string text)
    {
        List<string> lines = [];
        int start = 0;
        while (start < text.Length)
        {
            int end = text.AsSpan(start).IndexOfAny('\r', '\n');
            int next = end < 0 ? text.Length : start + end + 1;
            if (end >= 0 && text[next - 1] == '\r' && next < text.Length && text[next] == '\n')
            {
                next++;
            }

            lines.Add(text[start..next]);
            start = next;
        }

        return lines;
    }
}
