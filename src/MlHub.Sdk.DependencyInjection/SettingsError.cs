using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>The error for settings that a client cannot be created with. It names them as the configuration does.</summary>
internal static class SettingsError
{
    internal static OptionsValidationException Create(MlHubClientBuilder builder, string message)
    {
        var named = message
            .Replace("The API key that was given", Name(builder, nameof(MlHubClientOptions.ApiKey)), StringComparison.Ordinal)
            .Replace("The root URL that was given", Name(builder, nameof(MlHubClientOptions.RootUrl)), StringComparison.Ordinal)
            .Replace("There is no profile", $"{Name(builder, nameof(MlHubClientOptions.Profile))} names a profile that does not exist: there is no profile", StringComparison.Ordinal);
        return new(builder.Name, typeof(MlHubClientOptions), [builder.Name.Length == 0 ? $"MlHubClient: {named}" : $"MlHubClient '{builder.Name}': {named}"]);
    }

    /// <summary>The name of an option in the configuration, such as <c>MlHub:RootUrl</c>.</summary>
    internal static string Name(MlHubClientBuilder builder, string option) => builder.Section is { Length: > 0 } section ? $"{section}:{option}" : option;
}
