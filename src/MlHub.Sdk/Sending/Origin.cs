namespace MlHub.Sdk;

/// <summary>What a key, and a header that a caller gave, must not leave: scheme, host and port (RFC 6454 §4).</summary>
internal static class Origin
{
    internal static bool IsSame(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);
}
