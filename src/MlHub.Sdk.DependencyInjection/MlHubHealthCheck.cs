using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MlHub.Sdk;

/// <summary>Requests the items of a collection that does not exist, which requires a key. A 404 shows that the hub can be reached and accepts the key.</summary>
internal sealed class MlHubHealthCheck(MlHubClient client, bool isAnonymous) : IHealthCheck
{
    private const string NoCollection = "mlhub-health-check";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await SendRequestAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EntityDoesNotExistException)
        {
            // The expected response of a healthy hub.
        }
        catch (MlHubException error)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, error.Message);
        }

        return HealthCheckResult.Healthy($"{client.RootUrl} responds{(isAnonymous ? "" : " and accepts the key")}.");
    }

    // Without a key, only public operations can be used.
    private ValueTask SendRequestAsync(CancellationToken cancellationToken) =>
        isAnonymous
            ? FirstOf(client.Datasets.ListAsync(cancellationToken: cancellationToken))
            : FirstOf(client.Collections.ListItemsAsync(NoCollection, cancellationToken: cancellationToken));

    private static async ValueTask FirstOf<T>(IAsyncEnumerable<T> list)
    {
        await foreach (var _ in list.ConfigureAwait(false))
        {
            return;
        }
    }
}
