namespace MlHub.Sdk;

/// <summary>
/// Sets one entry in the lines of a profiles file and keeps all other lines. A line that is indented deeper than the key before it continues the value of that
/// key, so a new line gets the indentation of its neighbour.
/// </summary>
internal static class ProfilesEdit
{
    /// <summary>The lines with an entry set in an existing section.</summary>
    /// <param name="lines">The lines with their ends.</param>
    /// <param name="section">The positions of the section and its entries in the lines.</param>
    /// <param name="key">The key, in lower case.</param>
    /// <param name="value">The value as written to the file.</param>
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

    /// <summary>The lines with a new, empty section at the end, preceded by an empty line.</summary>
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

    // Keeps the case and spacing of the key, and comments between the lines of the old value.
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

    // Only the header of the next section can follow an empty section. If it is indented deeper than the new line, it would become part of the value.
    private static string IndentationBelow(IReadOnlyList<string> lines, int header)
    {
        string? next = lines.Skip(header + 1).FirstOrDefault(line => PythonText.Strip(line) is [not ('#' or ';'), ..]);
        return Indentation(next ?? lines[header]);
    }

    private static string Ended(string line, string end) => EndOf(line).Length > 0 ? line : line + end;

    private static string EndOf(string line) => line[line.AsSpan().TrimEnd("\r\n").Length..];

    // The line end that the file uses. Python reads all three.
    private static string LineEnd(IReadOnlyList<string> lines) => lines.Count > 0 && EndOf(lines[0]) is { Length: > 0 } end ? end : "\n";
}
