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

    /// <summary>JSON as bytes.</summary>
    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        using var body = new ResponseBuffer();
        Write(body, write);
        return body.WrittenSpan.ToArray();
    }

    /// <summary>A text as it is in JSON, without quotes.</summary>
    public static byte[] Encode(string text) => JsonEncodedText.Encode(text, Options.Encoder).EncodedUtf8Bytes.ToArray();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var body = new ResponseBuffer();
        Write(body, write);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body.WrittenMemory, httpContext.RequestAborted).ConfigureAwait(false);
        }
    }

    private static void Write(ResponseBuffer body, Action<Utf8JsonWriter> write)
    {
        using var writer = new Utf8JsonWriter(body, Options);
        write(writer);
    }
}
