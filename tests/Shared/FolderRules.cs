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

    /// <summary>The same for a project with one namespace: a folder uses another one if it names a type that is declared there.</summary>
    /// <param name="project">The folder of the project.</param>
    /// <param name="allowed">For each folder with code, the folders that it may use.</param>
    public static IEnumerable<string> BrokenByTypes(string project, IReadOnlyDictionary<string, string[]> allowed)
    {
        var code = Directory.GetDirectories(Repository.Place(project)).Select(path => Path.GetFileName(path)).Where(name => name is not ("bin" or "obj"))
            .ToDictionary(name => name, name => string.Concat(Directory.GetFiles(Path.Combine(Repository.Place(project), name), "*.cs").Select(file => WithoutTexts(WithoutComments(File.ReadAllText(file))))));
        var declaration = new Regex(@"^(?:public|internal)[\w ]*\b(?:class|record struct|record|struct|interface|enum)\s+(\w+)", RegexOptions.Multiline);
        var types = code.ToDictionary(folder => folder.Key, folder => string.Join('|', declaration.Matches(folder.Value).Select(match => match.Groups[1].Value).Distinct()));
        return
            from folder in code
            where folder.Value.Length > 0
            from other in types
            where other.Key != folder.Key && other.Value.Length > 0 && !allowed.GetValueOrDefault(folder.Key, []).Contains(other.Key)
            let named = Regex.Match(folder.Value, $@"\b({other.Value})\b")
            where named.Success
            select $"{folder.Key} uses {named.Value} of {other.Key}";
    }

    private static string WithoutTexts(string code) => Regex.Replace(code, "\"[^\"\n]*\"", "");

    private static string WithoutComments(string code) => Regex.Replace(code, "^ *//.*$", "", RegexOptions.Multiline);
}
