namespace MlHub.Sdk;

/// <summary>
/// Sets one entry in the lines of a profiles file and leaves every other line as it is. Indentation decides what a line means (deeper
/// than the key before it, it continues that key's value), so a new line takes the indentation of its neighbour.
/// </summary>
internal static class ProfilesEdit
{
    /// <summary>The lines with an entry set in a section that is there.</summary>
    /// <param name="lines">The lines with their ends.</param>
    /// <param name="section">Where the section and its entries stand in them.</param>
    /// <param name="key">The key, in lower case.</param>
    /// <param name="value">The value as it is to stand in the file.</param>
    internal static List<string> Set(IReadOnlyList<string> lines, ProfileSection section, string key, string value)
    {
        if (section.Entries.TryGetValue(key, out ProfileEntry? entry))
        {
            return Replace(lines, entry, value);
        }

        (int before, string indentation) = section.Entries.Values.MaxBy(last => last.LastLine) is { } last
            ? (last.LastLine, Indentation(lines[last.Line]))
            : (section.Line, IndentationBelow(lines, section.Line));
        List<string> result = [.. lines];
        result.Insert(before + 1, $"{indentation}{key} = {value}{LineEnd(lines)}");
        result[before] = Ended(result[before], LineEnd(lines));
        return result;
    }

    /// <summary>The lines with a new, empty section at the end, an empty line before it.</summary>
    internal static List<string> AddSection(IReadOnlyList<string> lines, string name)
    {
        string end = LineEnd(lines);
        List<string> result = [.. lines];
        if (result.Count > 0)
        {
            result[^1] = Ended(result[^1], end);
            if (PythonText.Strip(result[^1]).Length > 0)
            {
                result.Add(end);
            }
        }

        result.Add($"[{name}]{end}");
        return result;
    }

    // Keeps how the key is written and spaced, and any comment that stands between the lines of the old value.
    private static List<string> Replace(IReadOnlyList<string> lines, ProfileEntry entry, string value)
    {
        string line = lines[entry.Line];
        string content = PythonText.StripEnd(line);
        int start = content.AsSpan().IndexOfAny('=', ':') + 1;
        string gap = start == content.Length ? " " : Indentation(content[start..]);
        List<string> result = [.. lines];
        result[entry.Line] = string.Concat(content.AsSpan(0, start), gap, value, EndOf(line));
        foreach (int index in Enumerable.Reverse(entry.Continuations))
        {
            result.RemoveAt(index);
        }

        return result;
    }

    private static string Indentation(string line) => line[..PythonText.Indentation(line)];

    // Nothing but the next section's header can follow an empty section; indented deeper than our line, it would become its value.
    private static string IndentationBelow(IReadOnlyList<string> lines, int header)
    {
        string? next = lines.Skip(header + 1).FirstOrDefault(line => PythonText.Strip(line) is [not ('#' or ';'), ..]);
        return Indentation(next ?? lines[header]);
    }

    private static string Ended(string line, string end) => EndOf(line).Length > 0 ? line : line + end;

    private static string EndOf(string line) => line[line.AsSpan().TrimEnd("\r\n").Length..];

    // The file's own way of ending lines; Python reads all three.
    private static string LineEnd(IReadOnlyList<string> lines) => lines.Count > 0 && EndOf(lines[0]) is { Length: > 0 } end ? end : "\n";
}
