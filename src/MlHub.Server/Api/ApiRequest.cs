using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MlHub.Server;

/// <summary>Reads the parameters of a request with the types of the description. An empty value counts as missing.</summary>
internal sealed class ApiRequest(HttpContext context)
{
    private const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Is cancelled when the client disconnects.</summary>
    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>A segment of the path, decoded.</summary>
    public string Path(string name) => (string)context.Request.RouteValues[name]!;

    public string? Text(string name) => context.Request.Query[name] is [{ Length: > 0 } first, ..] ? first : null;

    /// <summary>A list: a repeated parameter if it is exploded, and comma-separated values otherwise.</summary>
    public IReadOnlyList<string> Texts(string name, bool exploded) =>
        [.. context.Request.Query[name].OfType<string>().SelectMany(value => exploded ? [value] : value.Split(',')).Where(value => value.Length > 0)];

    /// <summary>A list of numbers, with commas between them. If it is repeated, the first one counts.</summary>
    /// <exception cref="BadHttpRequestException">One of them is not a number.</exception>
    public IReadOnlyList<double> Numbers(string name) =>
    [
        .. (Text(name)?.Split(',') ?? []).Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new BadHttpRequestException($"{name} must be numbers with commas between them."))
    ];

    /// <summary>The body, a JSON object of at most 1 MiB.</summary>
    /// <exception cref="BadHttpRequestException">It is not.</exception>
    public async Task<JsonElement> BodyAsync()
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MaxBodyBytes;
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted).ConfigureAwait(false);
            RequireUnicode(body.RootElement);
            return body.RootElement.ValueKind == JsonValueKind.Object ? body.RootElement.Clone() : throw new BadHttpRequestException("The body must be a JSON object.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new BadHttpRequestException("The body must be a JSON object, in UTF-8.");
        }
    }

    /// <summary>Finds text that is not Unicode, which <see cref="JsonDocument"/> finds only when it is used: bytes that are not UTF-8, and halves of surrogates.</summary>
    /// <exception cref="InvalidOperationException">There is such text.</exception>
    public static void RequireUnicode(JsonElement json)
    {
        if (!Utf8.IsValid(JsonMarshal.GetRawUtf8Value(json)))
        {
            throw new InvalidOperationException("The JSON is not UTF-8.");
        }

        using var writer = new Utf8JsonWriter(Stream.Null);
        json.WriteTo(writer);
    }

    /// <exception cref="BadHttpRequestException">The value is not an integer within the bounds.</exception>
    public int? Integer(string name, int? min = null, int? max = null) =>
        Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && !(number < min) && !(number > max) ? number
        : throw OutOfBounds(name, "an integer", min, max);

    /// <exception cref="BadHttpRequestException">The value is not a number within the bounds.</exception>
    public double? Number(string name, double? min = null, double? max = null) =>
        Text(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && !(number < min) && !(number > max) ? number
        : throw OutOfBounds(name, "a number", min, max);

    /// <summary>The error for a missing required parameter.</summary>
    public static BadHttpRequestException Missing(string name) => new($"{name} is missing.");

    private static BadHttpRequestException OutOfBounds(string name, string kind, double? min, double? max)
    {
        var bounds = (min, max) switch
        {
            (null, null) => "",
            (_, null) => $" of at least {min}",
            (null, _) => $" of at most {max}",
            _ => $" from {min} to {max}",
        };
        return new BadHttpRequestException($"{name} must be {kind}{bounds}.");
    }
}
