using System.Text.RegularExpressions;

namespace MlHub.Docs.Tests;

/// <summary>A page of Markdown: its code blocks, links and headings.</summary>
internal sealed partial record MarkdownPage(string Path, string Text)
{
    private const string Fence = "```";

    /// <summary>The path as seen from the top of the repository.</summary>
    public string Name => System.IO.Path.GetRelativePath(Repository.Root, Path).Replace('\\', '/');

    /// <summary>The code blocks of one language.</summary>
    public IEnumerable<string> Blocks(string language) => AllBlocks().Where(block => block.Language == language).Select(block => block.Code);

    /// <summary>The targets of all links to files, with the part after <c>#</c>.</summary>
    public IEnumerable<(string File, string Anchor)> Links() =>
        LinkPattern().Matches(WithoutBlocks())
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("xref:", StringComparison.Ordinal))
            .Select(target => target.Split('#') is [var file, var anchor] ? (file, anchor) : (target, ""));

    /// <summary>The anchors that headings get, on GitHub and in docfx.</summary>
    public IEnumerable<string> Anchors() =>
        WithoutBlocks().Split('\n').Where(line => line.StartsWith('#'))
            .Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    public static MarkdownPage Read(string path) => new(path, File.ReadAllText(path).ReplaceLineEndings("\n"));

    private IEnumerable<(string Language, string Code)> AllBlocks()
    {
        string? language = null;
        List<string> lines = [];
        foreach (var line in Text.Split('\n'))
        {
            if (!line.StartsWith(Fence, StringComparison.Ordinal))
            {
                lines.Add(line);
                continue;
            }

            if (language is not null)
            {
                yield return (language, string.Join('\n', lines));
            }

            language = language is null ? line[Fence.Length..].Trim() : null;
            lines.Clear();
        }
    }

    private string WithoutBlocks() => BlockPattern().Replace(Text, "");

    [GeneratedRegex(@"(?<!!)\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex LinkPattern();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex BlockPattern();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
