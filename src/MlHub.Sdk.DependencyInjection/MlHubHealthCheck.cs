using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MlHub.Sdk;

/// <summary>
/// Requests the list of datasets, which shows that there is a hub, and the items of a collection that does not exist, which requires a key: the response 404 shows
/// that the hub accepts the key.
/// </summary>
internal sealed class MlHubHealthCheck(MlHubClient client, bool isAnonymous) : IHealthCheck
{
    private const string NoCollection = "mlhub-health-check";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await FirstOf(client.Datasets.ListAsync(cancellationToken: cancellationToken)).ConfigureAwait(false);
            if (!isAnonymous)
            {
                await CheckKeyAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (MlHubException error)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, error.Message);
        }

        return HealthCheckResult.Healthy($"{client.RootUrl} responds{(isAnonymous ? "" : " and accepts the key")}.");
    }

    private async ValueTask CheckKeyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FirstOf(client.Collections.ListItemsAsync(NoCollection, cancellationToken: cancellationToken)).ConfigureAwait(false);
        }
        catch (EntityDoesNotExistException)
        {
            // The expected response of a healthy hub.
        }
    }

    private static async ValueTask FirstOf<T>(IAsyncEnumerable<T> list)
    {
        await foreach (var _ in list.ConfigureAwait(false))
        {
            return;
        }
    }
}
