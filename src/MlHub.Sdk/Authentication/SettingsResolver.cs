using Microsoft.Extensions.Logging;

namespace MlHub.Sdk;

/// <summary>
/// Finds the key and the root URL, each in its own order of sources. The profiles file is read only if one of them may come from it. An invalid file is then an
/// error if the key must come from it or a profile was named by argument, and otherwise a warning.
/// </summary>
internal sealed partial class SettingsResolver
{
    /// <summary>The advice if the key is not sent because of plain http.</summary>
    internal const string HttpAdvice =
        "use https, or allow it inside a network that you trust: AllowKeyOverHttp in the options, allow_http = true in the profile, or MLHUB_ALLOW_HTTP=1.";

    private readonly SettingsEnvironment _environment;
    private readonly string? _givenKey;
    private readonly Uri? _givenRoot;
    private readonly bool? _givenHttp;
    private readonly bool _profileGiven;
    private readonly bool _profileNamed;
    private readonly string _profile;
    private readonly string? _path;
    private readonly List<string> _warnings = [];
    private readonly Lazy<ProfilesText?> _file;

    internal SettingsResolver(SettingsEnvironment environment, string? apiKey, string? profile, Uri? rootUrl, string? home, bool? allowKeyOverHttp = null)
    {
        (_environment, _givenKey, _givenRoot, _givenHttp) = (environment, apiKey, rootUrl, allowKeyOverHttp);
        string? given = SettingsEnvironment.Present(profile);
        string? named = given ?? environment.Get(MlHubSettings.ProfileVariable);
        (_profileGiven, _profileNamed, _profile) = (given is not null, named is not null, named ?? MlHubSettings.DefaultProfile);
        _path = environment.ProfilesPath(home);
        _file = new Lazy<ProfilesText?>(ReadFile);
    }

    private bool IsAnonymous => _profile == MlHubSettings.AnonymousProfile;

    private string ShownPath => _path ?? "~/.mlhub/profiles";

    private bool IsAbsent => _profileNamed && !IsAnonymous && _file.Value?.Has(_profile) != true;

    private string ProfileSource => $"profile \"{VisibleText.Of(_profile)}\"";

    internal MlHubSettings Resolve(ILogger? logger)
    {
        (ApiKey? key, string? keySource) = FindKey();
        (Uri root, string rootSource) = FindRoot(keyKnown: key is not null || IsAnonymous);
        if (_profileGiven && IsAbsent)
        {
            // The key and the root URL may be given too, but a profile that does not exist is a mistake.
            throw new MlHubException(AbsentProfile());
        }

        bool allowsHttp = _givenHttp ?? (key is not null && !ApiKey.MayBeSentTo(root) && FindAllowHttp(keySource, rootSource));
        if (key is not null && !ApiKey.MayBeSentTo(root) && !allowsHttp)
        {
            _warnings.Add($"The API key is not sent to {root}: over plain http, anyone on the network path could read it. To send it, {HttpAdvice}");
        }

        if (logger is not null)
        {
            _warnings.ForEach(warning => SettingProblem(logger, warning));
        }

        return new MlHubSettings(key, keySource, MissingKey(), _profile, root, rootSource)
        {
            AllowKeyOverHttp = allowsHttp,
            ProfilesPath = _path,
            Warnings = _warnings,
        };
    }

    private (ApiKey? Key, string? Source) FindKey()
    {
        if (ApiKey.From(_givenKey, "The API key that was given") is { } given)
        {
            return (given, ApiKeyGuard.Given);
        }

        if (!_profileGiven && ApiKey.From(_environment.Get(MlHubSettings.ApiKeyVariable), MlHubSettings.ApiKeyVariable) is { } variable)
        {
            return (variable, MlHubSettings.ApiKeyVariable);
        }

        if (IsAnonymous)
        {
            return (null, null);
        }

        if (IsAbsent)
        {
            throw new ApiKeyNotFoundException(AbsentProfile());
        }

        string? text = _file.Value?.Has(_profile) == true ? _file.Value.Get(_profile, ProfilesText.ApiKeyKey) : null;
        if (!ApiKey.TryRead(text, out ApiKey? key, out string? whyNot))
        {
            throw new MlHubException($"The api_key of {ProfileSource} in {_path} cannot be used: {whyNot}."
                + (text!.Contains('\n', StringComparison.Ordinal) ? " A line that is indented deeper than a key continues its value." : " Run \"mlhub configure\" to set it again."));
        }

        return (key, key is null ? null : ProfileSource);
    }

    private (Uri Root, string Source) FindRoot(bool keyKnown)
    {
        if (_givenRoot is not null)
        {
            return (RootUrls.Normalize(_givenRoot, "The root URL that was given"), "the root URL that was given");
        }

        if (_profileGiven && FindRootInProfile(keyKnown) is { } named)
        {
            return (named, ProfileSource);
        }

        if (_environment.Get(MlHubSettings.RootUrlVariable) is { } variable)
        {
            return (RootUrls.Parse(variable, MlHubSettings.RootUrlVariable), MlHubSettings.RootUrlVariable);
        }

        return !_profileGiven && FindRootInProfile(keyKnown) is { } root ? (root, ProfileSource) : (RootUrls.Default, "the default");
    }

    private Uri? FindRootInProfile(bool keyKnown)
    {
        bool needed = !keyKnown || (_profileGiven && !IsAnonymous);
        if (!needed && WhyUnusable() is { } reason)
        {
            _warnings.Add(reason);
            return null;
        }

        if (IsAbsent)
        {
            throw new MlHubException(AbsentProfile());
        }

        string? text = SettingsEnvironment.Present(_file.Value?.Get(_profile, ProfilesText.RootUrlKey));
        return text is null ? null : RootUrls.Parse(text, $"root_url of {ProfileSource} in {_path}");
    }

    // The permission of the profile in use counts if the key or the root URL comes from it, because the permission is meant for these.
    private bool FindAllowHttp(string? keySource, string rootSource)
    {
        bool? named = _profileGiven ? AllowHttpInProfile() : null;
        return named
            ?? Flag(_environment.Get(MlHubSettings.AllowHttpVariable), MlHubSettings.AllowHttpVariable)
            ?? (keySource == ProfileSource || rootSource == ProfileSource ? AllowHttpInProfile() : null)
            ?? false;
    }

    private bool? AllowHttpInProfile() =>
        Flag(SettingsEnvironment.Present(_file.Value?.Get(_profile, ProfilesText.AllowHttpKey)), $"allow_http of {ProfileSource} in {_path}");

    // The values of Python's configparser.getboolean.
    private static bool? Flag(string? text, string source) => text?.Trim().ToLowerInvariant() switch
    {
        null => null,
        "1" or "true" or "yes" or "on" => true,
        "0" or "false" or "no" or "off" => false,
        _ => throw new MlHubException($"{source} must be true or false (or yes, no, on, off, 1, 0)."),
    };

    // The reason why the file cannot be used. Null if it can.
    private string? WhyUnusable()
    {
        try
        {
            _ = _file.Value;
            return IsAbsent ? AbsentProfile() : null;
        }
        catch (MlHubException broken)
        {
            return broken.Message;
        }
    }

    private ProfilesText? ReadFile()
    {
        if (_path is null)
        {
            return null;
        }

        var profiles = MlHubProfiles.At(_path);
        ProfilesText? text = profiles.Read();
        if (profiles.PermissionsWarning is { } warning)
        {
            _warnings.Add(warning);
        }

        return text;
    }

    private string AbsentProfile()
    {
        string by = _profileGiven ? "" : $" ({MlHubSettings.ProfileVariable} names it)";
        string there = _file.Value is null ? WhyNoFile()
            : !_file.Value.Names.Any() ? "it has no profiles"
            : $"it has {string.Join(", ", _file.Value.Names.Select(VisibleText.Of))}";
        return $"There is no {ProfileSource}{by} in {ShownPath}: {there}. Run \"mlhub configure --profile NAME\" to make one.";
    }

    private string MissingKey()
    {
        string variable = _profileGiven ? "is not used, because a profile was named" : "is not set";
        string profile = !_file.IsValueCreated || _file.Value is null ? $"there is no {ProfileSource} ({WhyNoFile()}: {ShownPath})"
            : !_file.Value.Has(_profile) ? $"there is no {ProfileSource} in {ShownPath}"
            : $"{ProfileSource} in {ShownPath} has no api_key";
        return $"No API key was found: none was given, {MlHubSettings.ApiKeyVariable} {variable}, and {profile}. "
            + $"Run \"mlhub configure\", or set {MlHubSettings.ApiKeyVariable}.";
    }

    private string WhyNoFile() =>
        _path is null ? $"there is no home directory; set {MlHubSettings.HomeVariable}" : "there is no such file";

    [LoggerMessage(110, LogLevel.Warning, "{Problem}")]
    private static partial void SettingProblem(ILogger logger, string problem);
}
