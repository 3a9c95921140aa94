namespace MlHub.Sdk.Assets.Tests;

/// <summary>The folders of the package depend on each other in one direction.</summary>
public sealed class FolderTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Layout"] = [],
        ["Catalogue"] = ["Layout"],
        ["Record"] = ["Catalogue", "Layout"],
        ["Selection"] = ["Catalogue", "Record"],
        ["Fetching"] = ["Record", "Reports"],
        ["Locks"] = ["Selection"],
        ["Reports"] = ["Record", "Selection"],
        ["Rewriting"] = ["Catalogue", "Record"],
        ["Parquet"] = ["Catalogue", "Record"],
        ["Sharding"] = ["Record"],
    };

    [Fact]
    public void Each_folder_uses_only_folders_below_it() => Assert.Empty(FolderRules.Broken("src/MlHub.Sdk.Assets", Allowed));
}
