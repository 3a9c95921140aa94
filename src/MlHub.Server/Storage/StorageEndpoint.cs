using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MlHub.Server;

/// <summary>
/// Gives out archives, catalogues and assets as Azure Blob storage does: without a key, with ranges, conditions, a strong ETag and the MD5.
/// </summary>
internal static class StorageEndpoint
{
    private const string TarballSuffix = ".tar.gz";
    private const string BlobMd5 = "x-ms-blob-content-md5";

    public static async Task AnswerAsync(HttpContext context, IHub hub)
    {
        var path = context.Features.Get<RequestPath>()?.Segments.Skip(2).ToArray() ?? [];
        if (await FindAsync(hub, path, new HubUrls(context.Request), context.RequestAborted).ConfigureAwait(false) is not { } file)
        {
            await new Failure(404, "The specified file does not exist.").ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        IgnoreRangeOfHead(context.Request);
        context.Response.OnStarting(() => TellMd5(context.Response, file.Md5));
        await Results.Stream(
            file.OpenRead(),
            file.ContentType,
            lastModified: file.LastModified,
            entityTag: new EntityTagHeaderValue($"\"{file.ETag}\""),
            enableRangeProcessing: true).ExecuteAsync(context).ConfigureAwait(false);
    }

    private static async ValueTask<HubFile?> FindAsync(IHub hub, string[] path, HubUrls urls, CancellationToken cancellationToken) => path switch
    {
        ["archives", var name] => IdOf(name) is { } id ? (await hub.FindArchiveAsync(id, cancellationToken).ConfigureAwait(false))?.File : null,
        ["catalogs", var name] => IdOf(name) is { } id
            ? (await hub.FindCatalogAsync(id, new Uri(urls.Storage), cancellationToken).ConfigureAwait(false))?.File
            : null,
        _ => await hub.FindFileAsync(path, cancellationToken).ConfigureAwait(false),
    };

    private static string? IdOf(string name) => name.EndsWith(TarballSuffix, StringComparison.Ordinal) ? name[..^TarballSuffix.Length] : null;

    // RFC 9110 §14.2: a range in anything but a GET is ignored.
    private static void IgnoreRangeOfHead(HttpRequest request)
    {
        if (HttpMethods.IsHead(request.Method))
        {
            request.Headers.Remove(HeaderNames.Range);
        }
    }

    // Content-MD5 is of the body that is sent (RFC 1864), so beside a part of the file the whole's goes by Azure's own name.
    private static Task TellMd5(HttpResponse response, byte[]? md5)
    {
        var name = response.StatusCode switch
        {
            StatusCodes.Status200OK => HeaderNames.ContentMD5,
            StatusCodes.Status206PartialContent => BlobMd5,
            _ => null,
        };
        if (md5 is not null && name is not null)
        {
            response.Headers[name] = Convert.ToBase64String(md5);
        }

        return Task.CompletedTask;
    }
}
