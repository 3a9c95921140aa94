using Microsoft.Extensions.Logging;

namespace MlHub.Sdk;

/// <summary>
/// Which API key, profile and root URL hold, and where each is from: arguments, the environment and the profiles file made into one.
/// A client resolves them when it is made; this type is for whoever wants to show them.
/// </summary>
/// <remarks>
/// <para>An explicit argument beats the environment, always; what is empty counts as absent.</para>
/// <para>The key: the argument; the profile, where one is named by argument; <c>MLHUB_API_KEY</c>; the profile that <c>MLHUB_PROFILE</c>
/// names; the profile <c>default</c>. The profile <c>__anonymous__</c> stands for no key.</para>
/// <para>The root URL: the argument; <c>root_url</c> of the profile, where one is named by argument; <c>MLHUB_ROOT_URL</c>;
/// <c>root_url</c> of the profile that <c>MLHUB_PROFILE</c> names or of <c>default</c>; <see cref="DefaultRootUrl"/>.</para>
/// <para>Whether the key may go over plain http to a host other than loopback: the argument; <c>allow_http</c> of the profile, where one is named by
/// argument; <c>MLHUB_ALLOW_HTTP</c>; <c>allow_http</c> of the profile that the key or the root URL is from; no.</para>
/// <para>No key at all is no error here: the first request that wants one says so, with an <see cref="ApiKeyNotFoundException"/>.</para>
/// </remarks>
public sealed class MlHubSettings
{
    /// <summary>The variable that holds an API key: <c>MLHUB_API_KEY</c>.</summary>
    public const string ApiKeyVariable = "MLHUB_API_KEY";

    /// <summary>The variable that names a profile: <c>MLHUB_PROFILE</c>.</summary>
    public const string ProfileVariable = "MLHUB_PROFILE";

    /// <summary>The variable that names the directory of the profiles file: <c>MLHUB_HOME</c>.</summary>
    public const string HomeVariable = "MLHUB_HOME";

    /// <summary>The variable that holds a root URL: <c>MLHUB_ROOT_URL</c>.</summary>
    public const string RootUrlVariable = "MLHUB_ROOT_URL";

    /// <summary>The variable that allows the key over plain http: <c>MLHUB_ALLOW_HTTP</c>.</summary>
    public const string AllowHttpVariable = "MLHUB_ALLOW_HTTP";

    /// <summary>The profile that is meant where none is named: <c>default</c>.</summary>
    public const string DefaultProfile = "default";

    /// <summary>The name that stands for sending no key: <c>__anonymous__</c>.</summary>
    public const string AnonymousProfile = "__anonymous__";

    private readonly string _missingKey;

    internal MlHubSettings(ApiKey? apiKey, string? apiKeySource, string missingKey, string profile, Uri rootUrl, string rootUrlSource)
    {
        (ApiKey, ApiKeySource, _missingKey) = (apiKey, apiKeySource, missingKey);
        (Profile, RootUrl, RootUrlSource) = (profile, rootUrl, rootUrlSource);
    }

    /// <summary>The root URL where nothing says another: <c>https://api.radiant.earth/mlhub/v1/</c>.</summary>
    public static Uri DefaultRootUrl => RootUrls.Default;

    /// <summary>Four stars and the last six characters of the key, never more than a quarter of it; null where there is no key.</summary>
    public string? MaskedApiKey => ApiKey?.Masked;

    /// <summary>Where the key is from, such as <c>MLHUB_API_KEY</c> or <c>profile "project1"</c>; null where there is none.</summary>
    public string? ApiKeySource { get; }

    /// <summary>
    /// Whether no key is to be sent, by wish: the profile is <see cref="AnonymousProfile"/>, and no key was given beside it.
    /// </summary>
    public bool IsAnonymous => ApiKey is null && Profile == AnonymousProfile;

    /// <summary>
    /// The profile that holds, whether or not it exists: the one named by argument or by <c>MLHUB_PROFILE</c>, else
    /// <see cref="DefaultProfile"/>.
    /// </summary>
    public string Profile { get; }

    /// <summary>The root URL: absolute, http or https, ending in a slash.</summary>
    public Uri RootUrl { get; }

    /// <summary>Where the root URL is from, such as <c>MLHUB_ROOT_URL</c> or <c>profile "project1"</c>.</summary>
    public string RootUrlSource { get; }

    /// <summary>
    /// Whether the key is sent over plain http to a host other than this machine, where everyone on the way can read it. True only if the user allowed it.
    /// </summary>
    public bool AllowKeyOverHttp { get; internal init; }

    /// <summary>The absolute path of the profiles file, whether or not it exists; null where the user has no home directory.</summary>
    public string? ProfilesPath { get; internal init; }

    /// <summary>
    /// What is not as it should be and yet stops nothing, each a sentence: a profiles file that others can read, for one.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>Resolves the settings from what is given, the environment and the profiles file.</summary>
    /// <param name="apiKey">An API key of at most 2048 characters. White space, line ends and invisible characters at its ends are ignored.</param>
    /// <param name="profile">The name of a profile, or <see cref="AnonymousProfile"/>.</param>
    /// <param name="rootUrl">A root URL, with or without a slash at its end.</param>
    /// <param name="home">The directory of the profiles file; a leading <c>~</c> is the user's home directory.</param>
    /// <param name="allowKeyOverHttp">Whether the key may go over plain http to a host other than loopback; null leaves it to the environment and the profile.</param>
    /// <param name="logger">Gets each warning once.</param>
    /// <exception cref="ApiKeyNotFoundException">A key must come from a profile that was named and does not exist.</exception>
    /// <exception cref="MlHubException">
    /// A root URL, a key or a permission cannot be one, or the profiles file is needed and is broken or no regular file.
    /// </exception>
    public static MlHubSettings Resolve(
        string? apiKey = null, string? profile = null, Uri? rootUrl = null, string? home = null, bool? allowKeyOverHttp = null, ILogger? logger = null) =>
        new SettingsResolver(SettingsEnvironment.Process, apiKey, profile, rootUrl, home, allowKeyOverHttp).Resolve(logger);

    /// <summary>The key itself, for the one handler that sends it; null where there is none, or none is wanted.</summary>
    internal ApiKey? ApiKey { get; }

    /// <summary>The key to send; null where none is to be sent.</summary>
    /// <exception cref="ApiKeyNotFoundException">There is none, though one is wanted; the message says where it was looked for.</exception>
    internal ApiKey? RequireApiKey() => ApiKey is null && !IsAnonymous ? throw new ApiKeyNotFoundException(_missingKey) : ApiKey;

    /// <returns>The profile and the root URL; no part of the key.</returns>
    public override string ToString() => $"profile \"{Profile}\", {RootUrl}";
}
