using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MlHub.Server;

/// <summary>What web pages of other origins may do: everything that other clients may, but without cookies.</summary>
internal static class Cors
{
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(1);

    // Without these, a page cannot read a part of a file, or wait as long as the server asks.
    private static readonly string[] Exposed =
    [
        HeaderNames.AcceptRanges, HeaderNames.ContentLength, HeaderNames.ContentMD5, HeaderNames.ContentRange, HeaderNames.ETag, HeaderNames.Link, HeaderNames.Location, HeaderNames.RetryAfter,
    ];

    public static void Allow(CorsPolicyBuilder policy, IEnumerable<string> origins) => policy
        .WithOrigins([.. origins])
        .WithMethods(HttpMethods.Get, HttpMethods.Head, HttpMethods.Post)
        .AllowAnyHeader()
        .WithExposedHeaders(Exposed)
        .SetPreflightMaxAge(PreflightMaxAge);

    /// <summary>Tells caches that a response depends on the origin. Otherwise a page could get one from the cache that was made for no origin, such as an image that was shown before, and could not read it.</summary>
    public static Task VaryAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.Vary = HeaderNames.Origin;
            return Task.CompletedTask;
        });
        return next(context);
    }
}
