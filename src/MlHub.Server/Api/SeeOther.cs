using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>The file is elsewhere, and is fetched with GET (303, RFC 9110 §15.4.4), as the service said in its last year.</summary>
internal sealed class SeeOther(string url) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = url;
        return Task.CompletedTask;
    }
}
