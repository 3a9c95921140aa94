using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MlHub.Server;

/// <summary>
/// The segments of a request's path, each percent-decoded once. ASP.NET Core decodes the path as a whole. It then cannot tell <c>%2F</c> from
/// <c>%252F</c>, and reads <c>%2E%2E</c> as a step up. Ids may contain all of these.
/// </summary>
internal sealed class RequestPath
{
    private RequestPath(IReadOnlyList<string> segments) => Segments = segments;

    public IReadOnlyList<string> Segments { get; }

    /// <summary>Leaves a target such as <c>http://localhost/path</c> without its scheme and its host: it means the same as <c>/path</c> (RFC 9112 §3.2.2). Kestrel has compared the host with the Host header.</summary>
    public static Task ToOriginFormAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var authority = request.RawTarget.IndexOf("://", StringComparison.Ordinal);
        if (!request.RawTarget.StartsWith('/') && authority > 0)
        {
            var end = request.RawTarget.AsSpan(authority + 3).IndexOfAny('/', '?');
            var rest = end < 0 ? "" : request.RawTarget[(authority + 3 + end)..];
            request.RawTarget = rest.StartsWith('/') ? rest : "/" + rest;
        }

        return next(context);
    }

    /// <summary>Reads the path from the request line, and lets the router see it with one segment for each of its segments.</summary>
    public static Task RewriteAsync(HttpContext context, RequestDelegate next)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith('/'))
        {
            var path = new RequestPath(FoldDoi([.. target.Split('?')[0][1..].Split('/').Select(Uri.UnescapeDataString)]));
            context.Features.Set(path);
            // The constructor, because the conversion from string decodes once more.
            context.Request.Path = new PathString("/" + string.Join('/', path.Segments.Select(Escape)));
        }

        return next(context);
    }

    /// <summary>Passes the ids to the operations as they are.</summary>
    public static Task DecodeRouteValuesAsync(HttpContext context, RequestDelegate next)
    {
        var values = context.Request.RouteValues;
        foreach (var (name, value) in values.ToArray())
        {
            if (value is string text)
            {
                values[name] = Uri.UnescapeDataString(text);
            }
        }

        return next(context);
    }

    // Only the route of a dataset by its DOI may have slashes in its last segment. Clients do not escape them.
    private static string[] FoldDoi(string[] segments) =>
        segments is ["mlhub", "v1", "datasets", "doi", _, _, ..] ? [.. segments[..4], string.Join('/', segments[4..])] : segments;

    private static string Escape(string segment) => segment.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);
}
