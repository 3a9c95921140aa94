using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MlHub.Server;

/// <summary>
/// The segments of a request's path, each percent-decoded once. ASP.NET Core decodes the path as a whole. It then cannot distinguish <c>%2F</c> from
/// <c>%252F</c>, and reads <c>%2E%2E</c> as a step up. Ids may contain all of these.
/// </summary>
internal sealed class RequestPath
{
    private RequestPath(IReadOnlyList<string> segments) => Segments = segments;

    public IReadOnlyList<string> Segments { get; }

    /// <summary>Removes the scheme and host from a target such as <c>http://localhost/path</c>, which means the same as <c>/path</c> (RFC 9112 §3.2.2). Kestrel has compared the host with the Host header.</summary>
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

    /// <summary>Reads the path from the request line, and sets the path of the request so that the router finds the same segments.</summary>
    public static Task RewriteAsync(HttpContext context, RequestDelegate next)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith('/'))
        {
            var end = target.IndexOf('?', StringComparison.Ordinal);
            var encoded = end < 0 ? target : target[..end];
            var isPlain = !encoded.Contains('%', StringComparison.Ordinal);
            var segments = encoded[1..].Split('/');
            var folded = FoldDoi(isPlain ? segments : Array.ConvertAll(segments, Uri.UnescapeDataString));
            context.Features.Set(new RequestPath(folded));

            // The constructor is used because the conversion from string would decode again.
            context.Request.Path = new PathString(isPlain && folded == segments ? encoded : "/" + string.Join('/', folded.Select(Escape)));
        }

        return next(context);
    }

    /// <summary>Decodes the route values, so that operations receive the original ids.</summary>
    public static Task DecodeRouteValuesAsync(HttpContext context, RequestDelegate next)
    {
        var values = context.Request.RouteValues;
        if (values.Values.Any(value => value is string text && text.Contains('%', StringComparison.Ordinal)))
        {
            foreach (var (name, value) in values.ToArray())
            {
                values[name] = value is string text ? Uri.UnescapeDataString(text) : value;
            }
        }

        return next(context);
    }

    // Only a DOI may have slashes in its segment, because clients do not escape them.
    private static string[] FoldDoi(string[] segments) =>
        segments is ["mlhub", "v1", "datasets", "doi", _, _, ..] ? [.. segments[..4], string.Join('/', segments[4..])] : segments;

    private static string Escape(string segment) => segment.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);
}
