using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>Lists and gets trained models. Thread-safe.</summary>
public class ModelsClient
{
    private readonly MlHubClient _client;

    /// <summary>For mocks and subclasses in tests.</summary>
    protected ModelsClient() => _client = null!;

    internal ModelsClient(MlHubClient client) => _client = client;

    /// <summary>Lists all models of the hub, in the server's order. The request is sent when the enumeration starts.</summary>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="MlHubException">The list could not be fetched or read.</exception>
    public virtual async IAsyncEnumerable<MlModel> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = _client.Connection.Api.Models.ToGetRequestInformation();
        await foreach (var model in _client.Pages.EntitiesAsync(request, list: null, cancellationToken).ConfigureAwait(false))
        {
            yield return MlModel.FromJson(model, _client);
        }
    }

    /// <summary>Gets a model.</summary>
    /// <param name="id">The id. It is escaped, so it can contain any characters.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such model.</exception>
    public virtual async Task<MlModel> GetAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var request = _client.Connection.Api.Models[id].ToGetRequestInformation();
        return MlModel.FromJson(await _client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), _client);
    }
}
