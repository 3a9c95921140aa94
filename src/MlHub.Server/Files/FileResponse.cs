using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MlHub.Server;

/// <summary>Sends a file, or the part of it that the request asks for, like Azure Blob storage: with ranges, conditions, a strong ETag and the MD5.</summary>
internal sealed class FileResponse(HubFile file) : IResult
{
    private const string BlobMd5 = "x-ms-blob-content-md5";

    // docs/adr/0033 has the measurements.
    private const int BufferSize = 128 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var etag = new EntityTagHeaderValue($"\"{file.ETag}\"");
        // HTTP has whole seconds. Last-Modified must not be later than Date (RFC 9110 §8.8.2.1). Kestrel's own Date may be more than a second old.
        var now = TimeProvider.System.GetUtcNow();
        var modified = DateTimeOffset.FromUnixTimeSeconds(Math.Min(file.LastModified.ToUnixTimeSeconds(), now.ToUnixTimeSeconds()));
        response.Headers.ETag = etag.ToString();
        response.Headers.LastModified = HeaderUtilities.FormatDate(modified);
        response.Headers.Date = HeaderUtilities.FormatDate(now);
        response.Headers.AcceptRanges = "bytes";
        if (Preconditions.Refuse(request, etag, modified) is { } status)
        {
            response.StatusCode = status;
            return;
        }

        // A range in anything but a GET is ignored (RFC 9110 §14.2).
        var requested = HttpMethods.IsGet(request.Method) && Preconditions.AllowRange(request, etag, modified, now) ? ByteRange.Read(request.Headers.Range, file.Length) : null;
        var part = requested ?? new ByteRange(0, file.Length);
        if (requested is { } range)
        {
            response.StatusCode = range.Length == 0 ? StatusCodes.Status416RangeNotSatisfiable : StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = range.ToContentRange(file.Length);
        }

        response.ContentLength = part.Length;
        if (response.StatusCode == StatusCodes.Status416RangeNotSatisfiable)
        {
            return;
        }

        response.ContentType = file.ContentType;
        if (file.Md5 is { } md5)
        {
            // Content-MD5 is the digest of the body that is sent (RFC 1864). With a range, the MD5 of the whole file is in Azure's own header.
            response.Headers[requested is null ? HeaderNames.ContentMD5 : BlobMd5] = Convert.ToBase64String(md5);
        }

        if (HttpMethods.IsGet(request.Method))
        {
            await CopyAsync(file, part, response, httpContext.RequestAborted).ConfigureAwait(false);
        }
    }

    private static async Task CopyAsync(HubFile file, ByteRange part, HttpResponse response, CancellationToken cancellationToken)
    {
        var content = file.OpenRead();
        await using (content.ConfigureAwait(false))
        {
            if (content is FileStream { IsAsync: true } onDisk && response.HttpContext.Features.Get<FileSender>() is { } sender)
            {
                await response.StartAsync(cancellationToken).ConfigureAwait(false);
                await sender.SendAsync(onDisk, part.Start, part.Length, response.BodyWriter, cancellationToken).ConfigureAwait(false);
                return;
            }

            if (part.Start > 0)
            {
                content.Seek(part.Start, SeekOrigin.Begin);
            }

            using var buffer = MemoryPool<byte>.Shared.Rent(BufferSize);
            for (var left = part.Length; left > 0;)
            {
                var read = await ReadAsync(content, buffer.Memory[..(int)Math.Min(buffer.Memory.Length, left)], cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new EndOfStreamException($"The file is {left} bytes shorter than the hub said.");
                }

                // Kestrel counts what is written for the rate of a slow client, and not what is read directly into its memory.
                left -= read;
                await response.BodyWriter.WriteAsync(buffer.Memory[..read], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Reading a file blocks a thread of the pool in any case: FileStream.ReadAsync only uses another thread (docs/adr/0033).
    private static ValueTask<int> ReadAsync(Stream content, Memory<byte> memory, CancellationToken cancellationToken) =>
        content is FileStream ? new ValueTask<int>(content.Read(memory.Span)) : content.ReadAsync(memory, cancellationToken);
}
