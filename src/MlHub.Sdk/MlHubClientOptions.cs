using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>The settings of an <see cref="MlHubClient"/>. What is set here takes precedence over the environment and the profiles file.</summary>
/// <remarks>
/// <para>
/// The key is looked for in this order: <see cref="ApiKey"/>; the profile that <see cref="Profile"/> names; the variable <c>MLHUB_API_KEY</c>; the
/// profile that <c>MLHUB_PROFILE</c> names; the profile <c>default</c>. An empty string counts as absent.
/// </para>
/// <para>
/// All properties can be bound from configuration. The client copies them when it is made; later changes have no effect. Services (a handler, a
/// logger factory, a clock) are parameters of the constructor.
/// </para>
/// </remarks>
public sealed class MlHubClientOptions
{
    /// <summary>Gets or sets the API key, of at most 2048 characters. White space, line ends and invisible characters at its ends are ignored.</summary>
    /// <value>The default is null: it is looked for in the environment and the profiles file.</value>
    public string? ApiKey { get; set; }

    /// <summary>Gets or sets the profile that the key and the root URL are taken from. <c>__anonymous__</c> means that no key is sent.</summary>
    /// <value>The default is null: <c>MLHUB_PROFILE</c>, else <c>default</c>.</value>
    public string? Profile { get; set; }

    /// <summary>Gets or sets the root of the API, an http or https address with or without a trailing slash.</summary>
    /// <value>The default is null: <c>root_url</c> of <see cref="Profile"/> if that is given, else <c>MLHUB_ROOT_URL</c>, else <c>root_url</c> of the
    /// profile in use, else <c>https://api.radiant.earth/mlhub/v1/</c>.</value>
    public Uri? RootUrl { get; set; }

    /// <summary>Gets or sets whether the key is sent over plain http to a host other than loopback, where everyone on the way can read it.</summary>
    /// <remarks>It is meant for hubs inside a network that you trust, such as a cluster. It never sends the key anywhere but below the root URL.</remarks>
    /// <value>The default is null: <c>allow_http</c> of <see cref="Profile"/> if that is given, else <c>MLHUB_ALLOW_HTTP</c>, else <c>allow_http</c> of the
    /// profile that the key or the root URL is from, else false.</value>
    public bool? AllowKeyOverHttp { get; set; }

    /// <summary>Gets or sets the directory that holds the file <c>profiles</c>.</summary>
    /// <value>The default is null: <c>MLHUB_HOME</c>, else <c>~/.mlhub</c>.</value>
    public string? Home { get; set; }

    /// <summary>Gets or sets the caller's product, for example <c>my-service/1.2</c>. It is appended to the <c>User-Agent</c> header (RFC 9110 §10.1.5).</summary>
    /// <value>The default is null: nothing is appended. Only printable ASCII characters are allowed.</value>
    [RegularExpression(UserAgent.Pattern, ErrorMessage = UserAgent.PatternMessage)]
    public string? ApplicationName { get; set; }

    /// <summary>Gets or sets the time-outs, retries and connections of API calls and downloads.</summary>
    /// <value>The default is a <see cref="TransferOptions"/> with its default values.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    [ValidateObjectMembers]
    public TransferOptions Transfer { get; set; } = new();

    /// <summary>A copy that later changes do not reach.</summary>
    internal MlHubClientOptions Copy()
    {
        var copy = (MlHubClientOptions)MemberwiseClone();
        copy.Transfer = Transfer is null ? null! : Transfer with { };
        return copy;
    }
}
