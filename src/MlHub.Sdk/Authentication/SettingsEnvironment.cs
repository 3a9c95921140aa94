namespace MlHub.Sdk;

/// <summary>The process environment that settings are read from. Tests provide their own, so that they do not depend on the real one.</summary>
/// <param name="Variable">The value of an environment variable, or null.</param>
/// <param name="UserDirectory">The user's home directory. Empty if there is none, as for some services.</param>
internal sealed record SettingsEnvironment(Func<string, string?> Variable, string UserDirectory)
{
    /// <summary>The environment of this process. Only this property reads it.</summary>
    /// <remarks><c>HOME</c>, else the user's entry in the password database; on Windows the profile directory.</remarks>
    internal static SettingsEnvironment Process { get; } = new(
        Environment.GetEnvironmentVariable,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));

    /// <summary>The value of a variable. Null if it is unset, empty or white space.</summary>
    internal string? Get(string name) => Present(Variable(name));

    /// <summary>The path of the profiles file under a home for MLHub's files, else <c>MLHUB_HOME</c>, else <c>~/.mlhub</c>.</summary>
    /// <param name="home">The home given by the caller, or null.</param>
    /// <returns>The absolute path, or null if there is no home directory.</returns>
    internal string? ProfilesPath(string? home)
    {
        string? directory = Present(home) ?? Get(MlHubSettings.HomeVariable) ?? (UserDirectory.Length == 0 ? null : "~/.mlhub");
        return directory is null ? null : Path.GetFullPath(Path.Combine(ExpandTilde(directory), "profiles"));
    }

    /// <summary>The text, or null if it is empty or white space, because an empty setting counts as absent.</summary>
    internal static string? Present(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    // Shells do not expand a quoted ~, and env files are not read by a shell. ~name is not expanded.
    internal string ExpandTilde(string path)
    {
        bool expands = path[0] == '~' && (path.Length == 1 || path[1] == '/' || path[1] == Path.DirectorySeparatorChar);
        return expands && UserDirectory.Length > 0 ? UserDirectory + path[1..] : path;
    }
}
