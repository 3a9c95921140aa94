namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A request in the access log of nginx.</summary>
public sealed record NginxRequest
{
    /// <summary>The number of the connection that it came over.</summary>
    public required long Connection { get; init; }

    public required string Uri { get; init; }

    /// <summary>The decoded and normalized path.</summary>
    public required string Path { get; init; }

    public required int Status { get; init; }

    /// <summary>The bytes of the body that were sent.</summary>
    public required long Bytes { get; init; }

    public required string Range { get; init; }

    public required string IfRange { get; init; }

    public required string AcceptEncoding { get; init; }

    /// <summary>The ETag that was sent.</summary>
    public required string ETag { get; init; }
}
