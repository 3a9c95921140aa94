using System.Net;

namespace MlHub.Sdk.Downloads.Pacing;

/// <summary>How to handle a request that returned no usable body.</summary>
internal enum FaultKind
{
    /// <summary>A retry may succeed.</summary>
    Passing,

    /// <summary>A retry cannot succeed.</summary>
    Lasting,

    /// <summary>A lasting fault of the connection, such as an invalid certificate. After bytes were received from this host, it counts as passing.</summary>
    LastingUntilBytesArrive,

    /// <summary>The response is not the requested range. The first response of an attempt decides how this is handled.</summary>
    Odd,

    /// <summary>The connection limit of the host is reached, and the caller did not want to wait.</summary>
    NoRoom,
}

/// <summary>The reason why a request returned no usable body.</summary>
/// <param name="Kind">How to handle it.</param>
/// <param name="Message">A sentence that says what happened.</param>
/// <param name="Url">The requested address, without secrets.</param>
internal sealed record Fault(FaultKind Kind, string Message, Uri Url)
{
    /// <summary>The cause. Null if there is none, or if its text contains secrets.</summary>
    internal Exception? Cause { get; init; }

    /// <summary>The exception for the caller if this fault ends the download.</summary>
    internal MlHubException? Error { get; init; }

    /// <summary>The wait that the server asks for.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the server is overloaded, so that fewer connections help.</summary>
    internal bool IsOverload { get; init; }

    internal HttpStatusCode? Status { get; init; }

    internal string? ServerWords { get; init; }
}
