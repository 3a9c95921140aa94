namespace MlHub.Sdk;

/// <summary>
/// The text of a profiles file. Reads its sections, and creates a copy with one entry changed and all other lines kept. Immutable.
/// </summary>
internal sealed class ProfilesText
{
    /// <summary>The section that all others inherit. It is not a profile.</summary>
    internal const string DefaultSection = "DEFAULT";

    /// <summary>The keys of an API key and of a root URL.</summary>
    internal const string ApiKeyKey = "api_key";

    /// <inheritdoc cref="ApiKeyKey" />
    internal const string RootUrlKey = "root_url";

    /// <summary>The key of the permission to send the API key over plain http.</summary>
    internal const string AllowHttpKey = "allow_http";

    private readonly string _path;
    private readonly IReadOnlyList<string> _lines;
    private readonly List<ProfileSection> _sections;
    private readonly ProfileSection _defaults;

    private ProfilesText(string path, IReadOnlyList<string> lines)
    {
        (_path, _lines) = (path, lines);
        var parser = new ProfilesParser(path);
        parser.Read(_lines);
        (_sections, _defaults) = (parser.Sections, parser.Defaults);
    }

    /// <summary>The names of the sections, in order, without <c>[DEFAULT]</c>.</summary>
    internal IEnumerable<string> Names => _sections.Select(section => section.Name);

    /// <summary>Reads a text.</summary>
    /// <param name="path">The path of the file, for messages.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="MlHubException">The text is not what Python's configparser accepts.</exception>
    internal static ProfilesText Parse(string path, string text) =>
        // Notepad writes a byte order mark. Python's parser rejects it; here it is ignored.
        new(path, SplitLines(text.StartsWith('\uFEFF') ? text[1..] : text));

    internal bool Has(string section) => Find(section) is not null;

    /// <summary>The value of a key in a section or, if inherited, in <c>[DEFAULT]</c>. Null if neither has it.</summary>
    /// <param name="section">The name of a section. A section that does not exist has only inherited values.</param>
    /// <param name="key">The key in lower case.</param>
    /// <exception cref="MlHubException">The value contains a circular reference.</exception>
    internal string? Get(string section, string key)
    {
        ProfileSection? own = Find(section);
        if (Entry(own, key) is not { } entry)
        {
            return null;
        }

        return Interpolation.Expand(entry.RawValue, name => Entry(own, name)?.RawValue)
            ?? throw new MlHubException($"The profiles file {_path} cannot be used: "
                + $"the value of {key} on line {entry.Line + 1} contains a circular reference.");
    }

    /// <summary>This text with one entry set, in a new section at the end if necessary. All other lines are kept.</summary>
    /// <param name="section">A name that <see cref="ProfileRules"/> allows.</param>
    /// <param name="key">The key in lower case.</param>
    /// <param name="value">A value that <see cref="ProfileRules"/> allows.</param>
    internal ProfilesText With(string section, string key, string value) =>
        Find(section) is { } there
            ? new ProfilesText(_path, ProfilesEdit.Set(_lines, there, key, Interpolation.Escape(value)))
            : new ProfilesText(_path, ProfilesEdit.AddSection(_lines, section)).With(section, key, value);

    /// <returns>The whole text, keys included.</returns>
    public override string ToString() => string.Concat(_lines);

    private ProfileSection? Find(string section) => _sections.Find(candidate => candidate.Name == section);

    private ProfileEntry? Entry(ProfileSection? own, string key) =>
        own is not null && own.Entries.TryGetValue(key, out ProfileEntry? entry) ? entry : _defaults.Entries.GetValueOrDefault(key);

    // The lines include their ends, which are \n, \r\n or \r as in Python's universal newlines.
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
