using System.Text.RegularExpressions;

namespace MlHub.Hub.Tests;

/// <summary>The folders of the package depend on each other in one direction.</summary>
public sealed partial class FolderTests
{
    // A folder may use only these.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Reading"] = [],
        ["Index"] = [],
        ["Scanning"] = ["Index", "Reading"],
        ["Serving"] = ["Index", "Reading"],
    };

    [Fact]
    public void Each_folder_uses_only_folders_below_it()
    {
        var root = Repository.Place("src/MlHub.Hub");
        foreach (var (folder, allowed) in Allowed)
        {
            var used = Directory.GetFiles(Path.Combine(root, folder), "*.cs")
                .SelectMany(file => Use().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
                .Where(other => other != folder)
                .Distinct();

            Assert.Equal(allowed, used.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void The_package_knows_the_server_and_not_the_SDK() =>
        Assert.Equal(["MlHub.Server"], typeof(DirectoryHub).Assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("MlHub", StringComparison.Ordinal)));

    [GeneratedRegex(@"^using MlHub\.Hub\.(\w+);", RegexOptions.Multiline)]
    private static partial Regex Use();
}
