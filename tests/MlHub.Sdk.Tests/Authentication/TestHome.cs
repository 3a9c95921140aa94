using Microsoft.Extensions.Logging;

namespace MlHub.Sdk.Tests.Authentication;

/// <summary>A temporary home directory of a user, with its own environment.</summary>
public sealed class TestHome : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mlhub-");

    public TestHome(string? profiles = null)
    {
        if (profiles is not null)
        {
            Write(profiles);
        }
    }

    public Dictionary<string, string> Variables { get; } = [];

    public string UserDirectory => _directory.FullName;

    public string Home => Path.Combine(UserDirectory, ".mlhub");

    public string ProfilesPath => Path.Combine(Home, "profiles");

    public MlHubProfiles Profiles => new(Home);

    public string Text => File.ReadAllText(ProfilesPath);

    /// <summary>Writes the profiles file, readable only by its owner.</summary>
    public void Write(string text)
    {
        Directory.CreateDirectory(Home);
        File.WriteAllText(ProfilesPath, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(ProfilesPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public TestHome With(string variable, string value)
    {
        Variables[variable] = value;
        return this;
    }

    public MlHubSettings Resolve(
        string? apiKey = null, string? profile = null, string? rootUrl = null, string? home = null, ILogger? logger = null, bool? allowKeyOverHttp = null) =>
        new SettingsResolver(
            new SettingsEnvironment(Variables.GetValueOrDefault, UserDirectory),
            apiKey,
            profile,
            rootUrl is null ? null : new Uri(rootUrl, UriKind.RelativeOrAbsolute),
            home,
            allowKeyOverHttp).Resolve(logger);

    /// <summary>The key that a client would send.</summary>
    public string? KeyOf(string? apiKey = null, string? profile = null, string? home = null) =>
        Resolve(apiKey, profile, home: home).RequireApiKey()?.Reveal();

    public void Dispose() => _directory.Delete(recursive: true);
}
