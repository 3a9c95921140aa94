using Microsoft.Extensions.Logging;

namespace MlHub.Sdk;

/// <summary>
/// The API key, profile and root URL in effect, and where each comes from: arguments, the environment or the profiles file. A client resolves its settings when
/// it is created. Use this type to show them.
/// </summary>
/// <remarks>
/// <para>An explicit argument always takes precedence over the environment. An empty value counts as absent.</para>
/// <para>The key is taken from the first of these that has one: the argument; the profile named by argument; <c>MLHUB_API_KEY</c>; the profile that
/// <c>MLHUB_PROFILE</c> names; the profile <c>default</c>. The profile <c>__anonymous__</c> means that no key is sent.</para>
/// <para>The root URL is taken from the first of these that has one: the argument; <c>root_url</c> of the profile named by argument; <c>MLHUB_ROOT_URL</c>;
/// <c>root_url</c> of the profile that <c>MLHUB_PROFILE</c> names or of <c>default</c>; <see cref="DefaultRootUrl"/>.</para>
/// <para>The permission to send the key over plain http to a host other than loopback is taken from the first of these that is set: the argument;
/// <c>allow_http</c> of the profile named by argument; <c>MLHUB_ALLOW_HTTP</c>; <c>allow_http</c> of the profile that the key or the root URL comes from. The
/// default is no.</para>
/// <para>A missing key is not an error here. The first request that needs a key fails with an <see cref="ApiKeyNotFoundException"/>.</para>
/// </remarks>
public sealed class MlHubSettings
{
    /// <summary>The environment variable that contains an API key: <c>MLHUB_API_KEY</c>.</summary>
    public const string ApiKeyVariable = "MLHUB_API_KEY";

    /// <summary>The environment variable that names a profile: <c>MLHUB_PROFILE</c>.</summary>
    public const string ProfileVariable = "MLHUB_PROFILE";

    /// <summary>The environment variable that names the directory of the profiles file: <c>MLHUB_HOME</c>.</summary>
    public const string HomeVariable = "MLHUB_HOME";

    /// <summary>The environment variable that contains a root URL: <c>MLHUB_ROOT_URL</c>.</summary>
    public const string RootUrlVariable = "MLHUB_ROOT_URL";

    /// <summary>The environment variable that allows sending the key over plain http: <c>MLHUB_ALLOW_HTTP</c>.</summary>
    public const string AllowHttpVariable = "MLHUB_ALLOW_HTTP";

    /// <summary>The profile that is used if none is named: <c>default</c>.</summary>
    public const string DefaultProfile = "default";

    /// <summary>The profile name that means that no key is sent: <c>__anonymous__</c>.</summary>
    public const string AnonymousProfile = "__anonymous__";

    private readonly string _missingKey;

    internal MlHubSettings(ApiKey? apiKey, string? apiKeySource, string missingKey, string profile, Uri rootUrl, string rootUrlSource)
    {
        (ApiKey, ApiKeySource, _missingKey) = (apiKey, apiKeySource, missingKey);
        (Profile, RootUrl, RootUrlSource) = (profile, rootUrl, rootUrlSource);
    }

    /// <summary>The default root URL: <c>https://api.radiant.earth/mlhub/v1/</c>.</summary>
    public static Uri DefaultRootUrl => RootUrls.Default;

    /// <summary>
    /// Four stars and the last six characters of the key, or fewer characters if six are more than a quarter of the key. Null if there is no key.
    /// </summary>
    public string? MaskedApiKey => ApiKey?.Masked;

    /// <summary>Where the key comes from, for example <c>MLHUB_API_KEY</c> or <c>profile "project1"</c>. Null if there is no key.</summary>
    public string? ApiKeySource { get; }

    /// <summary>
    /// Whether no key is sent on purpose: the profile is <see cref="AnonymousProfile"/>, and no key was given as an argument.
    /// </summary>
    public bool IsAnonymous => ApiKey is null && Profile == AnonymousProfile;

    /// <summary>
    /// The profile in effect, whether or not it exists: the one named by argument or by <c>MLHUB_PROFILE</c>, or <see cref="DefaultProfile"/>.
    /// </summary>
    public string Profile { get; }

    /// <summary>The root URL, an absolute http or https address with a trailing slash.</summary>
    public Uri RootUrl { get; }

    /// <summary>Where the root URL comes from, for example <c>MLHUB_ROOT_URL</c> or <c>profile "project1"</c>.</summary>
    public string RootUrlSource { get; }

    /// <summary>
    /// Whether the key is sent over plain http to a host other than this machine, where anyone on the network path can read it. True only if the user allowed
    /// it.
    /// </summary>
    public bool AllowKeyOverHttp { get; internal init; }

    /// <summary>The absolute path of the profiles file, whether or not it exists. Null if the user has no home directory.</summary>
    public string? ProfilesPath { get; internal init; }

    /// <summary>
    /// Warnings about the settings, one sentence each: for example, that other users can read the profiles file.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>Resolves the settings from the arguments, the environment and the profiles file.</summary>
    /// <param name="apiKey">An API key of at most 2048 characters. White space, line ends and invisible characters at its ends are ignored.</param>
    /// <param name="profile">The name of a profile, or <see cref="AnonymousProfile"/>.</param>
    /// <param name="rootUrl">A root URL, with or without a trailing slash.</param>
    /// <param name="home">The directory of the profiles file. A leading <c>~</c> is the user's home directory.</param>
    /// <param name="allowKeyOverHttp">
    /// Whether the key may be sent over plain http to a host other than loopback. Null leaves it to the environment and the profile.
    /// </param>
    /// <param name="logger">Receives each warning once.</param>
    /// <exception cref="ApiKeyNotFoundException">The key must come from a named profile, and that profile does not exist.</exception>
    /// <exception cref="MlHubException">
    /// A root URL, key or permission is invalid. Or the profile does not exist, although the key and the root URL are given. Or the profiles file is needed, and
    /// it is invalid or not a regular file.
    /// </exception>
    public static MlHubSettings Resolve(
        string? apiKey = null, string? profile = null, Uri? rootUrl = null, string? home = null, bool? allowKeyOverHttp = null, ILogger? logger = null) =>
        new SettingsResolver(SettingsEnvironment.Process, apiKey, profile, rootUrl, home, allowKeyOverHttp).Resolve(logger);

    /// <summary>The key itself, for the one handler that sends it. Null if there is no key, or if none is to be sent.</summary>
    internal ApiKey? ApiKey { get; }

    /// <summary>The key to send. Null if none is to be sent.</summary>
    /// <exception cref="ApiKeyNotFoundException">No key was found, and one is needed. The message lists the places that were searched.</exception>
    internal ApiKey? RequireApiKey() => ApiKey is null && !IsAnonymous ? throw new ApiKeyNotFoundException(_missingKey) : ApiKey;

    /// <returns>The profile and the root URL, without any part of the key.</returns>
    public override string ToString() => $"profile \"{Profile}\", {RootUrl}";
}
