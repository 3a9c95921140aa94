using System.Net;

namespace MlHub.Server;

/// <summary>Refuses options that contradict each other, or that are out of their ranges.</summary>
internal static class OptionsCheck
{
    /// <exception cref="ArgumentException">An option is invalid. The message says which.</exception>
    public static void ThrowIfInvalid(MlHubServerOptions options)
    {
        (string Name, object? Value)[] required =
        [
            (nameof(options.Address), options.Address), (nameof(options.ApiKeys), options.ApiKeys), (nameof(options.CorsOrigins), options.CorsOrigins), (nameof(options.Hosts), options.Hosts),
            (nameof(options.Limits), options.Limits), (nameof(options.TimeProvider), options.TimeProvider), (nameof(options.Middleware), options.Middleware),
        ];
        if (Array.Find(required, option => option.Value is null).Name is { } missing)
        {
            throw new ArgumentException($"{missing} must not be null. Leave it out for its default.", nameof(options));
        }

        if (options.Port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new ArgumentException($"The port {options.Port} is invalid. Ports are 0 to {IPEndPoint.MaxPort}.", nameof(options));
        }

        if (options.ApiKeys.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("An API key must not be empty.", nameof(options));
        }

        if (options.AllowAnonymous && (options.ApiKeys.Count > 0 || options.KeysFile is not null))
        {
            throw new ArgumentException("A server that allows anonymous requests needs no keys: set either AllowAnonymous, or ApiKeys and KeysFile.", nameof(options));
        }

        if (options.PublicUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0))
        {
            throw new ArgumentException("The public URL of a server must be an absolute http or https URL without user, query or fragment.", nameof(options));
        }

        if (options.CorsOrigins.FirstOrDefault(origin => !IsOrigin(origin)) is { } wrong)
        {
            throw new ArgumentException($"The origin '{wrong}' is invalid. An origin is a scheme, a host and perhaps a port, such as https://browser.example.org, or * for all.", nameof(options));
        }

        ThrowIfInvalid(options.Limits, nameof(options));
    }

    private static void ThrowIfInvalid(MlHubServerLimits limits, string name)
    {
        if (limits.RequestLineBytes < 1 || limits.HeaderBytes < 1 || limits.HeadersTimeout <= TimeSpan.Zero || limits.Connections < 1 || limits.ResponseBytesPerSecond <= 0
            || limits.SearchTimeout <= TimeSpan.Zero || limits.RequestsPerSecond < 1 || limits.Downloads < 1 || limits.DownloadsPerClient < 1)
        {
            throw new ArgumentException("Each limit of a server must be more than zero.", name);
        }
    }

    // A browser compares an origin as text, without a slash at its end (RFC 6454 §6.2).
    private static bool IsOrigin(string origin) => origin == "*"
        || (Uri.TryCreate(origin, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.GetLeftPart(UriPartial.Authority) == origin);
}
