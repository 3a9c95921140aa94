namespace MlHub.Sdk;

/// <summary>What a key, and a header that a caller gave, must not leave: scheme, host and port (RFC 6454 §4).</summary>
internal static class Origin
{
    internal static string Of(Uri url) => $"{url.Scheme}://{url.IdnHost.ToLowerInvariant()}:{url.Port}";

    internal static bool IsSame(Uri one, Uri other) => Of(one) == Of(other);
}
