using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>Reads the parameters of a request as the description types them. An empty value counts as none.</summary>
internal sealed class ApiRequest(HttpContext context)
{
    /// <summary>Is cancelled when the client has gone.</summary>
    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>A segment of the path, decoded.</summary>
    public string Path(string name) => (string)context.Request.RouteValues[name]!;

    public string? Text(string name) => context.Request.Query[name] is [{ Length: > 0 } first, ..] ? first : null;

    /// <summary>A list: the parameter repeated where it is exploded, else its values with commas between them.</summary>
    public IReadOnlyList<string> Texts(string name, bool exploded) =>
        [.. context.Request.Query[name].OfType<string>().SelectMany(value => exploded ? [value] : value.Split(',')).Where(value => value.Length > 0)];

    /// <exception cref="BadHttpRequestException">It is no integer within the bounds.</exception>
    public int? Integer(string name, int? least = null, int? most = null) =>
        Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && !(number < least) && !(number > most) ? number
        : throw OutOfBounds(name, "an integer", least, most);

    /// <exception cref="BadHttpRequestException">It is no number within the bounds.</exception>
    public double? Number(string name, double? least = null, double? most = null) =>
        Text(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && !(number < least) && !(number > most) ? number
        : throw OutOfBounds(name, "a number", least, most);

    /// <summary>What is said where a parameter that the description requires is missing.</summary>
    public static BadHttpRequestException Missing(string name) => new($"{name} is missing.");

    private static BadHttpRequestException OutOfBounds(string name, string kind, double? least, double? most)
    {
        var bounds = (least, most) switch
        {
            (null, null) => "",
            (_, null) => $" from {least} on",
            (null, _) => $" up to {most}",
            _ => $" from {least} to {most}",
        };
        return new BadHttpRequestException($"{name} must be {kind}{bounds}.");
    }
}
