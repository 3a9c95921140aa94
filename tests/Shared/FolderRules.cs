using System.Text.RegularExpressions;

namespace MlHub.Testing;

/// <summary>The rule that the folders of a project depend on each other in one direction.</summary>
internal static class FolderRules
{
    /// <summary>What breaks the rule, a line for each folder.</summary>
    /// <param name="project">The folder of the project, whose namespace is its name.</param>
    /// <param name="allowed">For each folder, the folders that it uses.</param>
    public static IEnumerable<string> Broken(string project, IReadOnlyDictionary<string, string[]> allowed)
    {
        var root = Repository.Place(project);
        var folders = Directory.GetDirectories(root).Select(path => Path.GetFileName(path)).Where(name => name is not ("bin" or "obj")).Order(StringComparer.Ordinal).ToArray();
        if (!folders.SequenceEqual(allowed.Keys.Order(StringComparer.Ordinal)))
        {
            yield return $"{project} has the folders {string.Join(", ", folders)}, and there are rules for {string.Join(", ", allowed.Keys.Order(StringComparer.Ordinal))}";
        }

        // A folder is named by a using directive, or before the name of a type.
        var use = new Regex($@"^using {Regex.Escape(Path.GetFileName(project))}\.(\w+);|(?<![\w.""<])({string.Join('|', folders)})\.[A-Z]\w+[\s.(<]", RegexOptions.Multiline);
        foreach (var folder in folders.Where(allowed.ContainsKey))
        {
            var used = Directory.GetFiles(Path.Combine(root, folder), "*.cs")
                .SelectMany(file => use.Matches(WithoutComments(File.ReadAllText(file))).Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value))
                .Where(other => other != folder)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .ToArray();
            if (!used.SequenceEqual(allowed[folder]))
            {
                yield return $"{folder} uses {string.Join(", ", used)}, and may use {string.Join(", ", allowed[folder])}";
            }
        }
    }

    private static string WithoutComments(string code) => Regex.Replace(code, "^ *//.*$", "", RegexOptions.Multiline);
}
