namespace MlHub.Server;

/// <summary>A file that a server's storage gives out.</summary>
public sealed record HubFile
{
    /// <summary>The media type, such as <c>application/gzip</c>.</summary>
    public required string ContentType { get; init; }

    /// <summary>The length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>When the file last changed; HTTP knows whole seconds.</summary>
    public required DateTimeOffset LastModified { get; init; }

    /// <summary>The strong entity tag without its quotes: it differs whenever a byte differs (RFC 9110 §8.8.3).</summary>
    public required string ETag { get; init; }

    /// <summary>The MD5 of the whole file, or <see langword="null"/> where nobody computed it.</summary>
    public byte[]? Md5 { get; init; }

    /// <summary>Opens the file for reading from its start; the stream can seek, and the caller disposes it.</summary>
    public required Func<Stream> OpenRead { get; init; }
}
