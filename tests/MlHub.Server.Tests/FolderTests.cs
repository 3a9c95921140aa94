namespace MlHub.Server.Tests;

/// <summary>The folders of the package depend on each other in one direction.</summary>
public sealed class FolderTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Filters"] = [],
        ["Keys"] = [],
        ["Hosting"] = [],
        ["Hubs"] = ["Filters"],
        ["Files"] = ["Hosting", "Hubs"],
        ["Api"] = ["Files", "Filters", "Hosting", "Hubs", "Keys"],
        ["Storage"] = ["Api", "Files", "Hubs"],
    };

    [Fact]
    public void Each_folder_uses_only_folders_below_it() => Assert.Empty(FolderRules.BrokenByTypes("src/MlHub.Server", Allowed));
}
