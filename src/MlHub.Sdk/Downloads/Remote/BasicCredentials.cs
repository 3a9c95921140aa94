using System.Text;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The user name and password of an address, <c>https://user:password@host/</c>, for HTTP Basic authentication (RFC 7617).</summary>
internal static class BasicCredentials
{
    /// <summary>The credentials in base64. Null if the address has none.</summary>
    internal static string? Of(Uri url)
    {
        if (url.UserInfo.Length == 0)
        {
            return null;
        }

        var parts = url.UserInfo.Split(':', 2);
        var (user, password) = (Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : string.Empty);
        return Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
    }
}
