using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Every setting and where it comes from. No secret is shown.</summary>
internal static class SettingsCheck
{
    private static readonly string[] ProxyVariables = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

    public static async IAsyncEnumerable<Finding> ExamineAsync(CommandRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Finding.Good("version", $"mlhub {VersionAction.Version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})");
        if (run.Sandbox)
        {
            var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
            yield return Finding.Good("root URL", $"{client.RootUrl} (from --sandbox)");
        }
        else
        {
            foreach (var finding in Resolved(run))
            {
                yield return finding;
            }
        }

        foreach (var variable in ProxyVariables)
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
            {
                yield return Finding.Good("proxy", $"{WithoutLogin(value)} (from {variable})");
            }
        }
    }

    private static IReadOnlyList<Finding> Resolved(CommandRun run)
    {
        MlHubSettings settings;
        try
        {
            settings = MlHubSettings.Resolve(run.ApiKey, run.Profile, run.RootUrl, run.Environment.Home);
        }
        catch (MlHubException error)
        {
            return [Finding.Bad("settings", error.Message)];
        }

        return
        [
            Finding.Good("profiles file", ProfilesFile(run, settings)),
            Finding.Good("profile", $"{settings.Profile} (from {ProfileSource(run)})"),
            Finding.Good("root URL", $"{settings.RootUrl} (from {(run.RootUrl is not null ? "--root-url" : settings.RootUrlSource)})"),
            Finding.Good("API key", ApiKey(run, settings)),
            .. settings.AllowKeyOverHttp ? [Finding.Good("plain http", "the API key may travel over plain http")] : Array.Empty<Finding>(),
            .. settings.Warnings.Select(warning => Finding.Bad("settings", warning)),
        ];
    }

    private static string ProfilesFile(CommandRun run, MlHubSettings settings)
    {
        var source = run.Environment.Home is null && Environment.GetEnvironmentVariable(MlHubSettings.HomeVariable) is { Length: > 0 } ? MlHubSettings.HomeVariable : "the default";
        return settings.ProfilesPath is { } path ? $"{path} ({(File.Exists(path) ? "" : "not there; ")}from {source})" : "there is no home directory";
    }

    private static string ProfileSource(CommandRun run) =>
        run.Profile is not null ? "--profile"
        : Environment.GetEnvironmentVariable(MlHubSettings.ProfileVariable) is { Length: > 0 } ? MlHubSettings.ProfileVariable
        : "the default";

    private static string ApiKey(CommandRun run, MlHubSettings settings) =>
        settings.ApiKeySource is null ? settings.IsAnonymous ? "none is sent, as the profile says" : "there is none"
        : $"there is one (from {(run.ApiKey is not null ? "--api-key" : settings.ApiKeySource)})";

    // http://user:password@proxy.example:8080
    private static string WithoutLogin(string proxy)
    {
        var at = proxy.LastIndexOf('@');
        var start = proxy.IndexOf("://", StringComparison.Ordinal) is >= 0 and var found ? found + 3 : 0;
        return at < start ? proxy : $"{proxy[..start]}***@{proxy[(at + 1)..]}";
    }
}
