namespace MlHub.Sdk;

/// <summary>A profile of a profiles file, with its key masked.</summary>
public sealed record MlHubProfile
{
    /// <summary>The name of the profile, which is the name of its section in the file. It is case-sensitive.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Four stars and the last six characters of its API key, or fewer characters if six are more than a quarter of the key. Null if it has no key. A key in
    /// the section <c>[DEFAULT]</c> counts as the profile's own.
    /// </summary>
    public string? MaskedApiKey { get; init; }

    /// <summary>The root URL as written in the file. Null if it has none.</summary>
    public string? RootUrl { get; init; }
}
