using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>
/// Serves archives, catalogues and assets like Azure Blob storage: without a key, with ranges, conditions, a strong ETag and the MD5.
/// </summary>
internal static class StorageEndpoint
{
    private const string TarballSuffix = ".tar.gz";

    public static async Task RespondAsync(HttpContext context, IHub hub, HubUrls urls)
    {
        var path = context.Features.Get<RequestPath>()?.Segments.Skip(2).ToArray() ?? [];
        if (await FindAsync(hub, path, urls, context.RequestAborted).ConfigureAwait(false) is { } file)
        {
            await (file.Location is not { } location ? new FileResponse(file).ExecuteAsync(context)
                : file.IsPrivate && HttpMethods.IsHead(context.Request.Method) ? new FileDescription(file).ExecuteAsync(context)
                : new SeeOther(location.AbsoluteUri).ExecuteAsync(context)).ConfigureAwait(false);
        }
        else
        {
            await new ErrorResponse(StatusCodes.Status404NotFound, "The specified file does not exist.").ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    private static async ValueTask<HubFile?> FindAsync(IHub hub, string[] path, HubUrls urls, CancellationToken cancellationToken) => path switch
    {
        ["archives", var name] => IdOf(name) is { } id && (await hub.FindArchiveAsync(id, cancellationToken).ConfigureAwait(false))?.File is { IsPrivate: false } file ? file : null,
        ["catalogs", var name] => IdOf(name) is { } id && (await hub.FindCatalogAsync(id, new Uri(urls.Storage), cancellationToken).ConfigureAwait(false))?.File is { IsPrivate: false } file ? file : null,
        _ => await hub.FindFileAsync(path, cancellationToken).ConfigureAwait(false),
    };

    private static string? IdOf(string name) => name.EndsWith(TarballSuffix, StringComparison.Ordinal) ? name[..^TarballSuffix.Length] : null;
}
