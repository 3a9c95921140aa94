namespace MlHub.Server;

/// <summary>A key in a <see cref="MlHubServerKeysFile"/>, without the key itself, which is nowhere stored.</summary>
public sealed record MlHubServerKey
{
    /// <summary>The name of the key, which appears in logs.</summary>
    public required string Name { get; init; }

    /// <summary>The day on which the key was added, in UTC.</summary>
    public required DateOnly Created { get; init; }

    /// <summary>The last day on which the key is accepted, in UTC.</summary>
    /// <value><see langword="null"/> if it does not expire.</value>
    public DateOnly? Expires { get; init; }
}
