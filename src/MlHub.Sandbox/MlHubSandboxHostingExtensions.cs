using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MlHub.Sandbox;

/// <summary>Runs a sandbox together with a service during development.</summary>
public static class MlHubSandboxHostingExtensions
{
    /// <summary>Starts a sandbox on a free port of this machine, and sets <c>RootUrl</c> and <c>ApiKey</c> in a section of the configuration. The sandbox stops with the host.</summary>
    /// <remarks>It overrides other sources of the configuration, so call it after they have been added, and only in development.</remarks>
    /// <param name="builder">The builder of the host.</param>
    /// <param name="section">The section that <c>AddMlHubClient</c> reads.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The sandbox. Use it to simulate faults.</returns>
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
        builder.Services.AddSingleton<IHostedService>(new StopWithHost(hub));
        return hub;
    }

    private sealed class StopWithHost(MlHubSandbox hub) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken) => await hub.DisposeAsync().ConfigureAwait(false);
    }
}
