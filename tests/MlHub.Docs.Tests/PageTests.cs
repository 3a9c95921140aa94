using System.Text.RegularExpressions;

namespace MlHub.Docs.Tests;

public sealed partial class PageTests
{
    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading_that_exist()
    {
        var broken =
            from page in Pages.All
            from link in page.Links()
            let path = link.File.Length == 0 ? page.Path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.Path)!, link.File))
            where !(File.Exists(path) || Directory.Exists(path)) || (link.Anchor.Length > 0 && !MarkdownPage.Read(path).Anchors().Contains(link.Anchor))
            select $"{page.Name}: {link.File}#{link.Anchor}";

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_decision_record_follows_the_template_and_is_in_the_index()
    {
        var index = File.ReadAllText(Repository.Place("docs/adr/README.md"));
        foreach (var page in Pages.All.Where(page => NumberedName().IsMatch(page.Name)))
        {
            var lines = page.Text.Split('\n');
            var number = Path.GetFileName(page.Path)[..4];
            Assert.StartsWith($"# {number}. ", lines[0], StringComparison.Ordinal);
            Assert.Matches("^[A-Z0-9`.]", lines[2]);
            Assert.Contains("\n\n**Status:** ", page.Text, StringComparison.Ordinal);
            var headings = lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]).ToArray();
            Assert.Equal(new[] { "Context", "Decision", "Consequences", "Alternatives" }.Where(headings.Contains), headings);
            Assert.Contains("Decision", headings);
            Assert.Contains($"| [{number}]({Path.GetFileName(page.Path)}) | {lines[0][8..]} |", index, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_readme_fits_on_one_screen() =>
        Assert.InRange(File.ReadAllLines(Repository.Place("README.md")).Length, 30, 60);

    [GeneratedRegex("^docs/adr/[0-9]{4}-[a-z0-9-]+\\.md$")]
    private static partial Regex NumberedName();
}
