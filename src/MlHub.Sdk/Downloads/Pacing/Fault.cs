using System.Net;

namespace MlHub.Sdk.Downloads.Pacing;

/// <summary>What is to be done about a request that brought no usable body.</summary>
internal enum FaultKind
{
    /// <summary>It may go well when it is tried again.</summary>
    Passing,

    /// <summary>Trying again cannot help.</summary>
    Lasting,

    /// <summary>A lasting fault of the connection, such as a certificate. Once bytes have come over this way it counts as passing.</summary>
    LastingUntilBytesCame,

    /// <summary>The answer is not the range that was asked for. The first answer of an attempt decides what that means.</summary>
    Odd,

    /// <summary>The host may have no further connection now, and the caller did not want to wait.</summary>
    NoRoom,
}

/// <summary>Why a request brought no usable body.</summary>
/// <param name="Kind">What is to be done about it.</param>
/// <param name="Message">What happened, in a sentence.</param>
/// <param name="Url">The address that was asked, without secrets.</param>
internal sealed record Fault(FaultKind Kind, string Message, Uri Url)
{
    /// <summary>The cause; null when there is none, or when its text holds secrets.</summary>
    internal Exception? Cause { get; init; }

    /// <summary>What the caller is told when this fault ends the download.</summary>
    internal MlHubException? Error { get; init; }

    /// <summary>How long the server asks to wait.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the server is overloaded, so that fewer connections help.</summary>
    internal bool IsOverload { get; init; }

    internal HttpStatusCode? Status { get; init; }

    internal string? ServerWords { get; init; }
}
