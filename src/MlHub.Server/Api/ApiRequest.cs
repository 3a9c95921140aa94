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
    public int? Integer(string name, int least = int.MinValue, int most = int.MaxValue) =>
        Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new BadHttpRequestException($"{name} must be an integer from {least} to {most}.");

    /// <exception cref="BadHttpRequestException">It is no number within the bounds.</exception>
    public double? Number(string name, double least = double.MinValue, double most = double.MaxValue) =>
        Text(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new BadHttpRequestException(string.Create(CultureInfo.InvariantCulture, $"{name} must be a number from {least} to {most}."));

    /// <summary>What is said where a parameter that the description requires is missing.</summary>
    public static BadHttpRequestException Missing(string name) => new($"{name} is missing.");
}
