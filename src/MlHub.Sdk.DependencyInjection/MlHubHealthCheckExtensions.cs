using Microsoft.Extensions.Diagnostics.HealthChecks;
using MlHub.Sdk;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a health check of a hub.</summary>
public static class MlHubHealthCheckExtensions
{
    /// <summary>Adds a check that the hub of an <see cref="MlHubClient"/> can be reached and accepts the key. It sends one small request, with the same retries as any other call.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="client">The name that was given to <c>AddMlHubClient</c>; null for the client without a name.</param>
    /// <param name="name">The name of the check; null for <c>mlhub</c>, or <c>mlhub:</c> and the name of the client.</param>
    /// <param name="failureStatus">The status that is reported when the check fails; null for <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags that select checks.</param>
    /// <param name="timeout">The time limit of the check; null for 10 seconds.</param>
    /// <returns>The health checks.</returns>
    public static IHealthChecksBuilder AddMlHubHealthCheck(
        this IHealthChecksBuilder builder,
        string? client = null,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var key = client ?? Options.Options.DefaultName;
        return builder.Add(new HealthCheckRegistration(
            name ?? (key.Length == 0 ? "mlhub" : $"mlhub:{key}"),
            provider => new MlHubHealthCheck(
                key.Length == 0 ? provider.GetRequiredService<MlHubClient>() : provider.GetRequiredKeyedService<MlHubClient>(key),
                provider.GetRequiredKeyedService<ClientInstance>(key).Settings.IsAnonymous),
            failureStatus,
            tags,
            timeout ?? TimeSpan.FromSeconds(10)));
    }
}
