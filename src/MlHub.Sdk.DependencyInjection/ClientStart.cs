using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Makes the client when the host starts, so that wrong settings end the program there and not at the first request.</summary>
internal sealed class ClientStart(IServiceProvider provider, string name) : IHostedLifecycleService
{
    /// <exception cref="OptionsValidationException">The settings are wrong, or there is no key although none is wished for.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            var settings = provider.GetRequiredKeyedService<RunningClient>(name).Settings;
            return settings.MaskedApiKey is not null || settings.IsAnonymous
                ? Task.CompletedTask
                : throw Wrong("There is no API key. Set ApiKey in its configuration, MLHUB_API_KEY, or a profile; or set Profile to __anonymous__ to send none.");
        }
        catch (Exception error) when (error is MlHubException or ArgumentException)
        {
            throw Wrong(error.Message);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private OptionsValidationException Wrong(string message) =>
        new(name, typeof(MlHubClientOptions), [name.Length == 0 ? $"MlHubClient: {message}" : $"MlHubClient '{name}': {message}"]);
}
