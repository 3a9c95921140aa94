using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Shows every setting and where it comes from, and no secrets.</summary>
internal static class SettingsCheck
{
    private static readonly string[] ProxyVariables = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

    public static async IAsyncEnumerable<CheckResult> RunAsync(CommandRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return CheckResult.Ok("version", $"mlhub {VersionAction.Version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})");
        if (run.Sandbox || run.Hub is not null)
        {
            var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
            yield return CheckResult.Ok("root URL", $"{client.RootUrl} (from {(run.Sandbox ? "--sandbox" : "--hub")})");
        }
        else
        {
            foreach (var result in ResolvedSettings(run))
            {
                yield return result;
            }
        }

        foreach (var variable in ProxyVariables)
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
            {
                yield return CheckResult.Ok("proxy", $"{WithoutLogin(value)} (from {variable})");
            }
        }
    }

    private static IReadOnlyList<CheckResult> ResolvedSettings(CommandRun run)
    {
        MlHubSettings settings;
        try
        {
            settings = MlHubSettings.Resolve(run.ApiKey, run.Profile, run.RootUrl, run.Environment.Home);
        }
        catch (MlHubException error)
        {
            return [CheckResult.Failed("settings", Messages.WithOptionsOfCommand(error.Message))];
        }

        return
        [
            CheckResult.Ok("profiles file", ProfilesFile(run, settings)),
            CheckResult.Ok("profile", $"{settings.Profile} (from {ProfileSource(run)})"),
            CheckResult.Ok("root URL", $"{settings.RootUrl} (from {(run.RootUrl is not null ? "--root-url" : settings.RootUrlSource)})"),
            CheckResult.Ok("API key", ApiKey(run, settings)),
            .. settings.AllowKeyOverHttp ? [CheckResult.Ok("plain http", "the API key may be sent over plain http")] : Array.Empty<CheckResult>(),
            .. settings.Warnings.Select(warning => CheckResult.Failed("settings", Messages.WithOptionsOfCommand(warning))),
        ];
    }

    private static string ProfilesFile(CommandRun run, MlHubSettings settings)
    {
        var source = run.Environment.Home is null && Environment.GetEnvironmentVariable(MlHubSettings.HomeVariable) is { Length: > 0 } ? MlHubSettings.HomeVariable : "the default";
        return settings.ProfilesPath is { } path ? $"{path} ({(File.Exists(path) ? "" : "does not exist; ")}from {source})" : "there is no home directory";
    }

    private static string ProfileSource(CommandRun run) =>
        run.Profile is not null ? "--profile"
        : Environment.GetEnvironmentVariable(MlHubSettings.ProfileVariable) is { Length: > 0 } ? MlHubSettings.ProfileVariable
        : "the default";

    private static string ApiKey(CommandRun run, MlHubSettings settings) =>
        settings.ApiKeySource is null ? settings.IsAnonymous ? "not sent, because the profile is __anonymous__" : "not set: items and archives need one"
        : $"set (from {(run.ApiKey is not null ? "--api-key" : settings.ApiKeySource)})";

    // http://user:password@proxy.example:8080
    private static string WithoutLogin(string proxy)
    {
        var at = proxy.LastIndexOf('@');
        var start = proxy.IndexOf("://", StringComparison.Ordinal) is >= 0 and var found ? found + 3 : 0;
        return at < start ? proxy : $"{proxy[..start]}***@{proxy[(at + 1)..]}";
    }
}
