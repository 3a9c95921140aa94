using System.Security.Cryptography;

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

    /// <summary>The strong entity tag without quotes. It differs if any byte differs (RFC 9110 §8.8.3).</summary>
    public required string ETag { get; init; }

    /// <summary>The MD5 of the whole file, or <see langword="null"/> if it is not known.</summary>
    public byte[]? Md5 { get; init; }

    /// <summary>Opens the file for reading from its start; the stream can seek, and the caller disposes it.</summary>
    public required Func<Stream> OpenRead { get; init; }

    /// <summary>A file in memory. Its ETag is its MD5, as with S3.</summary>
    /// <param name="content">The whole content. It must not be changed afterwards.</param>
    /// <param name="contentType">The media type.</param>
    /// <param name="lastModified">When it last changed.</param>
    public static HubFile FromMemory(byte[] content, string contentType, DateTimeOffset lastModified)
    {
        ArgumentNullException.ThrowIfNull(content);
#pragma warning disable CA5351 // It is what Content-MD5 holds, and guards against accidents, not against attackers.
        var md5 = MD5.HashData(content);
#pragma warning restore CA5351
        return new HubFile
        {
            ContentType = contentType,
            Length = content.Length,
            LastModified = lastModified,
            ETag = Convert.ToHexStringLower(md5),
            Md5 = md5,
            OpenRead = () => new MemoryStream(content, writable: false),
        };
    }
}
