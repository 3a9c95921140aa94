using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>The error for settings that a client cannot be created with. It names them as the configuration does.</summary>
internal static class SettingsError
{
    internal static OptionsValidationException Create(MlHubClientBuilder builder, string message)
    {
        var named = message.Replace(
            "There is no profile", $"{Name(builder, nameof(MlHubClientOptions.Profile))} names a profile that does not exist: there is no profile", StringComparison.Ordinal);
        return new(builder.Name, typeof(MlHubClientOptions), [Subject(builder) + named]);
    }

    /// <summary>The name of an option in the configuration, such as <c>MlHub:RootUrl</c>, or in code.</summary>
    internal static string Name(MlHubClientBuilder builder, string option) =>
        builder.Section is { Length: > 0 } section ? $"{section}:{option}" : $"{nameof(MlHubClientOptions)}.{option.Replace(':', '.')}";

    /// <summary>The client that a message is about, if the names of the settings do not say it.</summary>
    internal static string Subject(MlHubClientBuilder builder) => builder.Section is { Length: > 0 } || builder.Name.Length == 0 ? "" : $"MlHubClient '{builder.Name}': ";
}
