namespace MlHub.Testing;

/// <summary>The working copy that the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Place(string path) => Path.GetFullPath(Path.Combine(Root, path));

    /// <summary>The build output of a project, in the configuration of these tests. Unlike the copy beside the tests, nothing measures its coverage.</summary>
    /// <param name="project">The folder of the project, for example <c>src/MlHub.Cli</c>.</param>
    public static string OutputOf(string project)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        return Place(Path.Combine(project, "bin", framework.Parent!.Name, framework.Name));
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MlHub.Sdk.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not in a working copy of MlHub.Sdk.");
    }
}
