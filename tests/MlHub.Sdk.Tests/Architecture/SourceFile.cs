using System.Text;
using System.Text.RegularExpressions;

namespace MlHub.Sdk.Tests.Architecture;

/// <summary>
/// A C# file, reduced to what the layer tests need: its code without comments and strings, the types that it declares, and the names that it uses.
/// </summary>
internal sealed partial class SourceFile
{
    private SourceFile(string path, string folder, string text)
    {
        (Path, Folder, Code) = (path, folder, CodeOf(text));
        Namespace = NamespaceLine().Match(Code).Groups[1].Value;
        Usings = [.. UsingLine().Matches(Code).Select(match => match.Groups[1].Value)];
        Types = [.. TypeLine().Matches(Code).Where(match => match.Groups["indent"].Length == 0).Select(match => match.Groups["name"].Value)];

        // A type within another hides one of the same name elsewhere.
        var nested = TypeLine().Matches(Code).Where(match => match.Groups["indent"].Length > 0).Select(match => match.Groups["name"].Value);
        Names = Name().Matches(UsingLine().Replace(Code, "")).Select(match => match.Value).Except(nested).ToHashSet();
    }

    public string Path { get; }

    /// <summary>The folder below the root; empty for the root itself.</summary>
    public string Folder { get; }

    /// <summary>The code without comments and strings. An interpolated expression, <c>$"{here}"</c>, is code.</summary>
    public string Code { get; }

    public string Namespace { get; }

    public IReadOnlyList<string> Usings { get; }

    public IReadOnlyList<string> Types { get; }

    public IReadOnlySet<string> Names { get; }

    /// <summary>All files below a directory of the working copy.</summary>
    public static IReadOnlyList<SourceFile> Below(string directory)
    {
        var root = Repository.Place(directory);
        return
        [
            .. Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => new SourceFile(
                System.IO.Path.GetRelativePath(root, path).Replace('\\', '/'),
                System.IO.Path.GetRelativePath(root, System.IO.Path.GetDirectoryName(path)!).Replace('\\', '/').TrimStart('.'),
                File.ReadAllText(path))),
        ];
    }

    public static SourceFile Of(string folder, string text) => new($"{folder}/Some.cs", folder, text);

    /// <summary>Whether a name in this file can mean a type of another: it is visible here.</summary>
    public bool Sees(SourceFile other) => Namespace == other.Namespace || Namespace.StartsWith(other.Namespace + ".", StringComparison.Ordinal) || Usings.Contains(other.Namespace);

    private static string CodeOf(string text)
    {
        var code = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            at = ReadOne(text, at, code);
        }

        return code.ToString();
    }

    // Copies one piece of code, or skips one comment or text. Returns the start of the next one.
    private static int ReadOne(string text, int at, StringBuilder code)
    {
        var rest = text.AsSpan(at);
        if (rest.StartsWith("//"))
        {
            return End(text, "\n", at);
        }

        if (rest.StartsWith("/*"))
        {
            return End(text, "*/", at) + 2;
        }

        if (rest[0] == '\'')
        {
            return Quoted(text, at + 1, '\'', isVerbatim: false, holes: null);
        }

        var prefix = rest.Length - rest.TrimStart("$@").Length;
        if (prefix < rest.Length && rest[prefix] == '"' && (prefix > 0 || rest[0] == '"'))
        {
            var isInterpolated = rest[..prefix].Contains('$');
            if (rest[prefix..].StartsWith("\"\"\""))
            {
                var quotes = rest[prefix..].Length - rest[prefix..].TrimStart('"').Length;
                return End(text, new string('"', quotes), at + prefix + quotes) + quotes;
            }

            return Quoted(text, at + prefix + 1, '"', rest[..prefix].Contains('@'), isInterpolated ? code : null);
        }

        code.Append(rest[0]);
        return at + 1;
    }

    private static int Quoted(string text, int at, char quote, bool isVerbatim, StringBuilder? holes)
    {
        while (at < text.Length && text[at] != quote)
        {
            if (holes is not null && text[at] == '{' && text[at + 1] != '{')
            {
                at = Hole(text, at + 1, holes);
                continue;
            }

            at += (text[at] == '\\' && !isVerbatim) || (holes is not null && text[at] == '{') ? 2 : 1;
        }

        return isVerbatim && at + 1 < text.Length && text[at + 1] == quote ? Quoted(text, at + 2, quote, isVerbatim, holes) : at + 1;
    }

    private static int Hole(string text, int at, StringBuilder code)
    {
        code.Append(' ');
        for (var depth = 1; at < text.Length;)
        {
            depth += text[at] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                break;
            }

            at = ReadOne(text, at, code);
        }

        code.Append(' ');
        return at + 1;
    }

    private static int End(string text, string end, int at) => text.IndexOf(end, at, StringComparison.Ordinal) is >= 0 and var found ? found : text.Length;

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^using (?:static )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(
        @"^(?<indent> *)(?:(?:public|internal|private|protected|file|sealed|static|abstract|readonly|partial|ref|unsafe) )*"
        + @"(?:class|record struct|record class|record|struct|interface|enum|delegate [\w<>?,\[\]]+) (?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\b[A-Z]\w*")]
    private static partial Regex Name();
}
