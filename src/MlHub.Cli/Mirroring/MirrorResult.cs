namespace MlHub.Cli;

/// <summary>What a mirror has of a dataset.</summary>
internal sealed record MirrorResult
{
    public required string Dataset { get; init; }

    /// <summary>The number of its STAC files.</summary>
    public required long Documents { get; init; }

    /// <summary>The number of its assets.</summary>
    public required long Assets { get; init; }

    /// <summary>The number of its archives.</summary>
    public required long Archives { get; init; }

    /// <summary>What could not be downloaded, and why.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>The number of assets and archives that could not be downloaded.</summary>
    public required long Failed { get; init; }
}
