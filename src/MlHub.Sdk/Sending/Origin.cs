namespace MlHub.Sdk;

/// <summary>Scheme, host and port (RFC 6454 §4). Keys and headers of the caller are sent only within their origin.</summary>
internal static class Origin
{
    internal static string Of(Uri url) => $"{url.Scheme}://{url.IdnHost.ToLowerInvariant()}:{url.Port}";

    internal static bool IsSame(Uri one, Uri other) => ReferenceEquals(one, other)
        || (one.Port == other.Port && one.Scheme == other.Scheme && one.IdnHost.Equals(other.IdnHost, StringComparison.OrdinalIgnoreCase));
}
