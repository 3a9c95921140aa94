using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>Lists and gets trained models. Thread-safe.</summary>
public class ModelsClient
{
    private readonly MlHubClient? _client;

    /// <summary>For test doubles: mocks, and subclasses of your own.</summary>
    protected ModelsClient()
    {
    }

    internal ModelsClient(MlHubClient? client) => _client = client;

    private MlHubClient Client => _client ?? throw TestDoubles.NotOverridden(this);

    /// <summary>Lists all models of the hub, in the server's order. The request is sent when the enumeration starts.</summary>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="MlHubException">The list could not be fetched or read.</exception>
    public virtual async IAsyncEnumerable<MlModel> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = Client.Connection.Api.Models.ToGetRequestInformation();
        await foreach (var model in Client.Pages.EntitiesAsync(request, list: null, cancellationToken).ConfigureAwait(false))
        {
            yield return MlModel.FromJson(model, Client);
        }
    }

    /// <summary>Gets a model.</summary>
    /// <param name="id">The id. It is escaped, so it can contain any characters.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such model.</exception>
    public virtual async Task<MlModel> GetAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var request = Client.Connection.Api.Models[id].ToGetRequestInformation();
        return MlModel.FromJson(await Client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), Client);
    }
}
