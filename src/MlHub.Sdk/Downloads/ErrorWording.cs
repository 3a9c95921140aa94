namespace MlHub.Sdk;

/// <summary>What the errors of a downloader say. A client that holds a key has its own.</summary>
internal sealed record ErrorWording
{
    /// <summary>Removes secrets from the words of a server.</summary>
    internal Func<string, string> Scrub { get; init; } = static words => words;

    /// <summary>What to do about 401 and 403.</summary>
    internal string AccessAdvice { get; init; } = "It may need a login, or be signed and have expired.";
}
