using System.Diagnostics.CodeAnalysis;

namespace MlHub.Sdk;

/// <summary>The outcome of one of several downloads.</summary>
public sealed record DownloadOutcome
{
    /// <summary>The request.</summary>
    public required DownloadRequest Request { get; init; }

    /// <summary>The finished file, or null if the download failed.</summary>
    public DownloadResult? Result { get; init; }

    /// <summary>Why the download failed, or null if it did not.</summary>
    public Exception? Error { get; init; }

    /// <summary>Whether the download succeeded.</summary>
    [MemberNotNullWhen(true, nameof(Result))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;
}
