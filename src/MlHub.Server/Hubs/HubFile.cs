using System.Globalization;
using System.Security.Cryptography;

namespace MlHub.Server;

/// <summary>A file that the storage of a server serves.</summary>
public sealed record HubFile
{
    /// <summary>The media type, such as <c>application/gzip</c>.</summary>
    public required string ContentType { get; init; }

    /// <summary>The length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The time of the last change. Clients receive it in whole seconds, and never a time in the future.</summary>
    public required DateTimeOffset LastModified { get; init; }

    /// <summary>The strong entity tag: visible ASCII characters, without quotes. It differs if any byte differs (RFC 9110 §8.8.3).</summary>
    public required string ETag { get; init; }

    /// <summary>The MD5 of the whole file, or <see langword="null"/> if it is not known.</summary>
    public byte[]? Md5 { get; init; }

    /// <summary>
    /// Opens the file for reading from its start. It is called for each GET, from several threads at the same time. The server disposes the stream. It seeks once, before
    /// the first read, and only for a range that does not begin at 0. If the stream ends before <see cref="Length"/>, the response is cut off.
    /// A <see cref="FileStream"/> with <see cref="FileOptions.Asynchronous"/> is fast on Linux and macOS: the kernel sends it.
    /// </summary>
    public required Func<Stream> OpenRead { get; init; }

    /// <summary>Where the file is, if another server has it. The server then redirects with 303 to this address, and neither reads nor sends the file.</summary>
    /// <value>The default is <see langword="null"/>: the server sends the file.</value>
    public Uri? Location { get; init; }

    /// <summary>
    /// Whether only those may have the file who have a key, or a link that nobody can guess. The server then does not serve an archive or a catalogue at its usual address in the storage: the API redirects
    /// to <see cref="Location"/>, or sends the file itself. HEAD requests are answered by the server, because a signed address is often good for GET only.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool IsPrivate { get; init; }

    /// <summary>
    /// A file on disk. As in nginx, its ETag consists of its length and the time of its last change, so a new version of the file must differ in at least one of them. It has
    /// no MD5; add it with <c>with</c> if it is known.
    /// </summary>
    /// <param name="path">The path. Length and time are read now, and the content at each request.</param>
    /// <param name="contentType">The media type.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <example><code>HubFile.FromDisk("/data/archives/crops.tar.gz", "application/gzip")</code></example>
    public static HubFile FromDisk(string path, string contentType)
    {
        var file = new FileInfo(path);
        return new HubFile
        {
            ContentType = contentType,
            Length = file.Length,
            LastModified = file.LastWriteTimeUtc,
            ETag = string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}"),
            OpenRead = () => new FileStream(file.FullName, new FileStreamOptions { BufferSize = 0, Options = FileOptions.Asynchronous, Share = FileShare.ReadWrite | FileShare.Delete }),
        };
    }

    /// <summary>A file on another server, such as an object of a bucket. Clients are redirected to it, so its bytes do not pass the hub.</summary>
    /// <param name="location">The address: absolute, with http or https. Everybody who may use the hub sees it.</param>
    /// <param name="length">The length in bytes.</param>
    /// <param name="contentType">The media type.</param>
    /// <param name="lastModified">The time of the last change.</param>
    /// <exception cref="ArgumentException">The address is not absolute, or is of another scheme.</exception>
    /// <example><code>HubFile.At(new Uri("https://bucket.example.org/crops.tar.gz"), length, "application/gzip", modified)</code></example>
    public static HubFile At(Uri location, long length, string contentType, DateTimeOffset lastModified)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (!location.IsAbsoluteUri || location.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("The address of a file must begin with http:// or https://.", nameof(location));
        }

        return new HubFile
        {
            ContentType = contentType,
            Length = length,
            LastModified = lastModified,
            ETag = string.Create(CultureInfo.InvariantCulture, $"{lastModified.UtcTicks:x}-{length:x}"),
            Location = location,
            OpenRead = () => throw new InvalidOperationException("The file is on another server."),
        };
    }

    /// <summary>A file in memory. Its ETag is its MD5, as with S3.</summary>
    /// <param name="content">The content. Do not change it afterwards.</param>
    /// <param name="contentType">The media type.</param>
    /// <param name="lastModified">The time of the last change.</param>
    public static HubFile FromMemory(byte[] content, string contentType, DateTimeOffset lastModified)
    {
        ArgumentNullException.ThrowIfNull(content);
#pragma warning disable CA5351 // Content-MD5 is an MD5 by definition. It detects accidents, not attacks.
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
