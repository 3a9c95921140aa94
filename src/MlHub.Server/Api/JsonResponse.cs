using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>A JSON response. Its body is written by our own code, so that entities are sent exactly as the hub provided them, including the digits of numbers.</summary>
internal sealed class JsonResponse(Action<Utf8JsonWriter> write, string contentType = JsonResponse.Json, int status = StatusCodes.Status200OK) : IResult
{
    public const string Json = "application/json";
    public const string GeoJson = "application/geo+json";
    public const string JsonSchema = "application/schema+json";

    // Responses are never part of an HTML page, so characters of other scripts are not escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(body, Options))
        {
            write(writer);
        }

        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.WrittenCount;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body.WrittenMemory, httpContext.RequestAborted).ConfigureAwait(false);
        }
    }
}
