using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>Lists and finds trained models. Thread-safe.</summary>
public class ModelsClient
{
    private readonly MlHubClient _client;

    /// <summary>For test doubles that override what they need.</summary>
    protected ModelsClient() => _client = null!;

    internal ModelsClient(MlHubClient client) => _client = client;

    /// <summary>All models of the hub, in its order; the request is sent when the list is first asked for an element.</summary>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <exception cref="MlHubException">The list could not be fetched or read.</exception>
    public virtual async IAsyncEnumerable<MlModel> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = _client.Connection.Api.Models.ToGetRequestInformation();
        await foreach (var model in _client.Pages.EntitiesAsync(request, list: null, cancellationToken).ConfigureAwait(false))
        {
            yield return MlModel.FromJson(model, _client);
        }
    }

    /// <summary>Finds a model.</summary>
    /// <param name="id">The id; any text, it is escaped.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such model.</exception>
    public virtual async Task<MlModel> GetAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var request = _client.Connection.Api.Models[id].ToGetRequestInformation();
        return MlModel.FromJson(await _client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), _client);
    }
}
