using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Creates the client when the host starts, so that invalid settings are an error at the start and not at the first request.</summary>
internal sealed class ClientStartup(IServiceProvider provider, MlHubClientBuilder builder) : IHostedLifecycleService
{
    /// <exception cref="OptionsValidationException">The settings are invalid, or there is no API key and the profile is not <c>__anonymous__</c>.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var settings = provider.GetRequiredKeyedService<ClientInstance>(builder.Name).Settings;
        return settings.MaskedApiKey is not null || settings.IsAnonymous ? Task.CompletedTask : throw SettingsError.Create(
            builder, $"There is no API key. Set {SettingsError.Name(builder, nameof(MlHubClientOptions.ApiKey))}, MLHUB_API_KEY, or a profile. To send none, set {SettingsError.Name(builder, nameof(MlHubClientOptions.Profile))} to __anonymous__.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
