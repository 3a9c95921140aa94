namespace MlHub.Sdk;

/// <summary>One profile of a profiles file, without its key's text.</summary>
public sealed record MlHubProfile
{
    /// <summary>The name of the profile: the name of its section, whose case counts.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Four stars and the last six characters of its API key (of a short key fewer, never more than a quarter); null where it has none.
    /// A key in <c>[DEFAULT]</c> counts as the profile's own.
    /// </summary>
    public string? MaskedApiKey { get; init; }

    /// <summary>The root URL of its MLHub as it stands in the file; null where it has none.</summary>
    public string? RootUrl { get; init; }
}
