using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>The settings of an <see cref="MlHubClient"/>. They take precedence over the environment and the profiles file.</summary>
/// <remarks>
/// <para>
/// The key is taken from the first of these that has one: <see cref="ApiKey"/>; the profile that <see cref="Profile"/> names; the variable
/// <c>MLHUB_API_KEY</c>; the profile that <c>MLHUB_PROFILE</c> names; the profile <c>default</c>. An empty string counts as not set.
/// </para>
/// <para>
/// All properties can be bound from configuration. The client copies them when it is created; later changes have no effect. Services (a handler, a logger
/// factory, a clock) are parameters of the constructor.
/// </para>
/// </remarks>
public sealed class MlHubClientOptions : IValidatableObject
{
    /// <summary>Gets or sets the API key, of at most 2048 characters. White space, line ends and invisible characters at its ends are ignored.</summary>
    /// <value>The default is null: the key is taken from the environment or the profiles file.</value>
    public string? ApiKey { get; set; }

    /// <summary>Gets or sets the profile that the key and the root URL are taken from. <c>__anonymous__</c> means that no key is sent.</summary>
    /// <remarks>
    /// <see cref="ApiKey"/> and <see cref="RootUrl"/> take precedence over those of the profile. A profile that does not exist is an error, even if both are set.
    /// </remarks>
    /// <value>The default is null: <c>MLHUB_PROFILE</c> or, if that is not set, <c>default</c>.</value>
    public string? Profile { get; set; }

    /// <summary>Gets or sets the root URL of the API, an http or https address with or without a trailing slash.</summary>
    /// <value>
    /// The default is null: the first of these that is set. <c>root_url</c> of the profile in <see cref="Profile"/>; <c>MLHUB_ROOT_URL</c>; <c>root_url</c> of
    /// the profile in use; <c>https://api.radiant.earth/mlhub/v1/</c>.
    /// </value>
    public Uri? RootUrl { get; set; }

    /// <summary>Gets or sets whether the key may be sent over plain http to a host other than loopback, where anyone on the network path can read it.</summary>
    /// <remarks>Use it only for hubs inside a network that you trust, such as a cluster. The key is still sent only to addresses under the root URL.</remarks>
    /// <value>
    /// The default is null: the first of these that is set. <c>allow_http</c> of the profile in <see cref="Profile"/>; <c>MLHUB_ALLOW_HTTP</c>;
    /// <c>allow_http</c> of the profile that the key or the root URL comes from; false.
    /// </value>
    public bool? AllowKeyOverHttp { get; set; }

    /// <summary>Gets or sets the directory that contains the file <c>profiles</c>.</summary>
    /// <value>The default is null: <c>MLHUB_HOME</c> or, if that is not set, <c>~/.mlhub</c>.</value>
    public string? Home { get; set; }

    /// <summary>
    /// Gets or sets the name of the calling application, for example <c>my-service/1.2</c>. It is appended to the <c>User-Agent</c> header (RFC 9110 §10.1.5).
    /// </summary>
    /// <value>The default is null: nothing is appended. Only printable ASCII characters are allowed.</value>
    [RegularExpression(UserAgent.Pattern, ErrorMessage = UserAgent.PatternMessage)]
    public string? ApplicationName { get; set; }

    /// <summary>Gets or sets the time-outs, retries and connections of API calls and downloads.</summary>
    /// <value>The default is a <see cref="TransferOptions"/> with its default values.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    [ValidateObjectMembers]
    public TransferOptions Transfer { get; set; } = new();

    /// <summary>Checks what attributes cannot check, so that all invalid options are reported together.</summary>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Problem(() => _ = RootUrl is null ? null : RootUrls.Normalize(RootUrl, $"{nameof(MlHubClientOptions)}.{nameof(RootUrl)}")) is { } root)
        {
            yield return new ValidationResult(root, [nameof(RootUrl)]);
        }

        if (Problem(() => _ = Sdk.ApiKey.From(ApiKey, $"{nameof(MlHubClientOptions)}.{nameof(ApiKey)}")) is { } key)
        {
            yield return new ValidationResult(key, [nameof(ApiKey)]);
        }
    }

    private static string? Problem(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (MlHubException error)
        {
            return error.Message;
        }
    }

    /// <summary>Makes a copy, so that later changes by the caller have no effect.</summary>
    internal MlHubClientOptions Copy()
    {
        var copy = (MlHubClientOptions)MemberwiseClone();
        copy.Transfer = Transfer is null ? null! : Transfer with { };
        return copy;
    }
}
