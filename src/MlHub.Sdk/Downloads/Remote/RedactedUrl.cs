namespace MlHub.Sdk.Downloads.Remote;

/// <summary>Addresses without what is secret in them: user information, query and fragment.</summary>
internal static class RedactedUrl
{
    internal static Uri Of(Uri url) => ExactUri.Create(ExactUri.WithoutQuery(url));
}
