using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MlHub.Sandbox;

/// <summary>Runs a sandbox beside a service that is being developed.</summary>
public static class MlHubSandboxHostingExtensions
{
    /// <summary>Starts a sandbox on a free port of this machine, and sets <c>RootUrl</c> and <c>ApiKey</c> of a section of the configuration to it. It stops with the host.</summary>
    /// <remarks>It overrides what other sources of the configuration say, so call it after they have been added, and in development only.</remarks>
    /// <param name="builder">The builder of the host.</param>
    /// <param name="section">The section that <c>AddMlHubClient</c> reads.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The sandbox, which can be told to fail.</returns>
    /// <example>
    /// <code>
    /// if (builder.Environment.IsDevelopment())
    /// {
    ///     await builder.AddMlHubSandboxAsync();
    /// }
    /// </code>
    /// </example>
    public static async Task<MlHubSandbox> AddMlHubSandboxAsync(
        this IHostApplicationBuilder builder, string section = "MlHub", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(section);
        var hub = await MlHubSandbox.StartAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{section}:RootUrl"] = hub.RootUrl.ToString(),
            [$"{section}:ApiKey"] = hub.ApiKey,
        });
        builder.Services.AddSingleton(hub);
        builder.Services.AddSingleton<IHostedService>(new Stop(hub));
        return hub;
    }

    private sealed class Stop(MlHubSandbox hub) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken) => await hub.DisposeAsync().ConfigureAwait(false);
    }
}
