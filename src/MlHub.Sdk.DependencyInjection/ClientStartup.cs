using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Creates the client when the host starts, so that invalid settings are an error at the start and not at the first request.</summary>
internal sealed class ClientStartup(IServiceProvider provider, string name) : IHostedLifecycleService
{
    /// <exception cref="OptionsValidationException">The settings are invalid, or there is no API key and the profile is not <c>__anonymous__</c>.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            var settings = provider.GetRequiredKeyedService<ClientInstance>(name).Settings;
            return settings.MaskedApiKey is not null || settings.IsAnonymous
                ? Task.CompletedTask
                : throw Invalid("There is no API key. Set ApiKey in the configuration, MLHUB_API_KEY, or a profile; or set Profile to __anonymous__ to send none.");
        }
        catch (Exception error) when (error is MlHubException or ArgumentException)
        {
            throw Invalid(error.Message);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private OptionsValidationException Invalid(string message) =>
        new(name, typeof(MlHubClientOptions), [name.Length == 0 ? $"MlHubClient: {message}" : $"MlHubClient '{name}': {message}"]);
}
