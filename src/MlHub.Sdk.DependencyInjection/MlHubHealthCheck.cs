using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MlHub.Sdk;

/// <summary>Asks the hub for the items of a collection that does not exist, which needs a key. A 404 shows that the hub can be reached and accepts the key.</summary>
internal sealed class MlHubHealthCheck(MlHubClient client, bool isAnonymous) : IHealthCheck
{
    private const string NoCollection = "mlhub-health-check";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await AskAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EntityDoesNotExistException)
        {
            // The answer of a hub that is well.
        }
        catch (MlHubException error)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, error.Message);
        }

        return HealthCheckResult.Healthy($"{client.RootUrl} answers{(isAnonymous ? "" : " and accepts the key")}.");
    }

    // Without a key, only what is open to everyone can be asked for.
    private ValueTask AskAsync(CancellationToken cancellationToken) =>
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
