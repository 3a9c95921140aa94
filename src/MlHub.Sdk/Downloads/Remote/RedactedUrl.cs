namespace MlHub.Sdk.Downloads.Remote;

/// <summary>Addresses without what is secret in them: user information, query and fragment.</summary>
internal static class RedactedUrl
{
    internal static Uri Of(Uri url) =>
        new(url.GetComponents(UriComponents.Scheme | UriComponents.Host | UriComponents.Port | UriComponents.Path, UriFormat.UriEscaped));
}
