namespace MlHub.Docs.Tests;

/// <summary>The pages of this repository.</summary>
internal static class Pages
{
    /// <summary>All pages that people read, except the decision records and the pages of the tools.</summary>
    public static IEnumerable<MarkdownPage> All =>
        new[] { ".", "docs", "deploy", "samples", "src/MlHub.Sdk", "src/MlHub.Sdk.Assets", "src/MlHub.Sdk.DependencyInjection", "src/MlHub.Cli", "src/MlHub.Sandbox", "src/MlHub.Server", "src/MlHub.Hub" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.Place(folder), "*.md"))
            .Concat(Directory.EnumerateFiles(Repository.Place("docs/adr"), "*.md"))
            .Select(MarkdownPage.Read);
}
