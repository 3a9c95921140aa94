namespace MlHub.Docs.Tests;

/// <summary>The working copy that the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>All pages that people read, except the decision records and the pages of the tools.</summary>
    public static IEnumerable<MarkdownPage> Pages =>
        new[] { ".", "docs", "samples", "src/MlHub.Sdk", "src/MlHub.Sdk.DependencyInjection", "src/MlHub.Cli", "src/MlHub.Sandbox", "src/MlHub.Server" }
            .SelectMany(folder => Directory.EnumerateFiles(Place(folder), "*.md"))
            .Concat(Directory.EnumerateFiles(Place("docs/adr"), "*.md"))
            .Select(MarkdownPage.Read);

    public static string Place(string path) => Path.GetFullPath(Path.Combine(Root, path));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "MlHub.Sdk.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not in a working copy of MlHub.Sdk.");
        }

        return directory.FullName;
    }
}
