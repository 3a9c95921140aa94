using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>The answer to HEAD for a file of another server that is private: a signed address is often good for GET only. The ETag is known only to the other server.</summary>
internal sealed class FileDescription(HubFile file) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = file.ContentType;
        httpContext.Response.ContentLength = file.Length;
        httpContext.Response.Headers.AcceptRanges = "bytes";
        return Task.CompletedTask;
    }
}
