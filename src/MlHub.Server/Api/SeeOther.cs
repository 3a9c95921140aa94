using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>Redirects a download to the storage with 303 (RFC 9110 §15.4.4), as the service did in its last year.</summary>
internal sealed class SeeOther(string url) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = url;
        return Task.CompletedTask;
    }
}
