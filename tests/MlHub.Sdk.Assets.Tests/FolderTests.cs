using System.Text.RegularExpressions;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>The folders of the package depend on each other in one direction.</summary>
public sealed partial class FolderTests
{
    // A folder may use only these.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Layout"] = [],
        ["Catalogue"] = ["Layout"],
        ["Record"] = ["Catalogue", "Layout"],
        ["Selection"] = ["Catalogue", "Record"],
        ["Fetching"] = ["Record"],
        ["Rewriting"] = ["Catalogue", "Record"],
    };

    [Fact]
    public void Each_folder_uses_only_folders_below_it()
    {
        var root = Repository.Place("src/MlHub.Sdk.Assets");
        foreach (var (folder, allowed) in Allowed)
        {
            var used = Directory.GetFiles(Path.Combine(root, folder), "*.cs")
                .SelectMany(file => Use().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
                .Where(other => other != folder)
                .Distinct();

            Assert.Equal(allowed, used.Order(StringComparer.Ordinal));
        }
    }

    [GeneratedRegex(@"^using MlHub\.Sdk\.Assets\.(\w+);", RegexOptions.Multiline)]
    private static partial Regex Use();
}
