using System.Diagnostics.CodeAnalysis;

namespace MlHub.Sdk;

/// <summary>What became of one of many downloads.</summary>
public sealed record DownloadOutcome
{
    /// <summary>What was asked for.</summary>
    public required DownloadRequest Request { get; init; }

    /// <summary>The finished file, or null when it failed.</summary>
    public DownloadResult? Result { get; init; }

    /// <summary>Why it failed, or null when it did not.</summary>
    public Exception? Error { get; init; }

    /// <summary>Whether the file is there.</summary>
    [MemberNotNullWhen(true, nameof(Result))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;
}
