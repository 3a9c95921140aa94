using System.Text;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>A response with a text.</summary>
internal sealed class TextResponse(string text, string contentType) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var body = Encoding.UTF8.GetBytes(text);
        httpContext.Response.ContentType = contentType;
        httpContext.Response.ContentLength = body.Length;
        await httpContext.Response.BodyWriter.WriteAsync(body, httpContext.RequestAborted).ConfigureAwait(false);
    }
}
