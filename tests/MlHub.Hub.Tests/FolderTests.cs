namespace MlHub.Hub.Tests;

/// <summary>The folders of the package depend on each other in one direction.</summary>
public sealed class FolderTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Reading"] = [],
        ["Index"] = ["Reading"],
        ["Postgres"] = ["Index"],
        ["Scanning"] = ["Index", "Reading"],
        ["Serving"] = ["Index", "Places", "Reading"],
        ["Definitions"] = ["Reading", "Templates"],
        ["Places"] = [],
        ["Templates"] = [],
        ["Listings"] = ["Index", "Places", "Reading"],
        ["Building"] = ["Definitions", "Index", "Listings", "Places", "Reading", "Scanning", "Templates"],
    };

    [Fact]
    public void Each_folder_uses_only_folders_below_it() => Assert.Empty(FolderRules.Broken("src/MlHub.Hub", Allowed));

    [Fact]
    public void The_package_knows_the_server_and_not_the_SDK() =>
        Assert.Equal(["MlHub.Server"], typeof(DirectoryHub).Assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("MlHub", StringComparison.Ordinal)));
}
