namespace MlHub.Sdk;

/// <summary>
/// Parses the lines of a profiles file like <c>configparser.ConfigParser()</c> of Python 3.11 with its defaults (<c>RawConfigParser._read</c>), because the
/// Python client reads the same file.
/// </summary>
/// <param name="path">The file's path, for messages.</param>
internal sealed class ProfilesParser(string path)
{
    private ProfileSection? _section;
    private ProfileEntry? _entry;
    private int _indentation;

    /// <summary>The sections in order, without <c>[DEFAULT]</c>.</summary>
    internal List<ProfileSection> Sections { get; } = [];

    /// <summary><c>[DEFAULT]</c>, which every other section inherits and which may be opened any number of times.</summary>
    internal ProfileSection Defaults { get; } = new(ProfilesText.DefaultSection, -1);

    internal void Read(IReadOnlyList<string> lines)
    {
        for (int index = 0; index < lines.Count; index++)
        {
            Read(index, lines[index]);
        }
    }

    private void Read(int index, string line)
    {
        string content = PythonText.Strip(line);
        if (content.Length == 0)
        {
            _entry?.ContinueEmpty();
            return;
        }

        if (content[0] is '#' or ';')
        {
            return;
        }

        int indentation = PythonText.Indentation(line);
        if (_entry is not null && indentation > _indentation)
        {
            _entry.Continue(index, content);
            return;
        }

        _indentation = indentation;
        if (SectionName(content) is { } name)
        {
            Open(index, name);
            return;
        }

        Add(index, content);
    }

    // Python's \[(?P<header>.+)\]: up to the last bracket. Text after it is ignored.
    private static string? SectionName(string content)
    {
        int end = content.LastIndexOf(']');
        return content[0] == '[' && end > 1 ? content[1..end] : null;
    }

    private void Open(int index, string name)
    {
        _entry = null;
        if (name == ProfilesText.DefaultSection)
        {
            _section = Defaults;
            return;
        }

        if (Sections.Find(section => section.Name == name) is { } same)
        {
            throw Broken(index, $"repeats the section of line {same.Line + 1}");
        }

        _section = new ProfileSection(name, index);
        Sections.Add(_section);
    }

    private void Add(int index, string content)
    {
        if (_section is null)
        {
            throw Broken(index, "is before the first [section]");
        }

        int delimiter = content.AsSpan().IndexOfAny('=', ':');
        string key = delimiter < 0 ? "" : PythonText.Lower(PythonText.StripEnd(content[..delimiter]));
        if (key.Length == 0)
        {
            throw Broken(index, "is neither a [section] nor \"key = value\" nor a comment");
        }

        if (_section.Entries.TryGetValue(key, out ProfileEntry? same))
        {
            throw Broken(index, $"repeats the key of line {same.Line + 1} in the same section");
        }

        _entry = new ProfileEntry(key, index, PythonText.Strip(content[(delimiter + 1)..]));
        _section.Entries.Add(key, _entry);
    }

    // The message never contains the line itself, because it may contain a key.
    private MlHubException Broken(int index, string what) =>
        new($"The profiles file {path} cannot be used: line {index + 1} {what}.");
}
