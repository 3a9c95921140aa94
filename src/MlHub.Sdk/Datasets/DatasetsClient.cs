using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>Lists and finds datasets. Thread-safe.</summary>
public class DatasetsClient
{
    private readonly MlHubClient _client;

    /// <summary>For test doubles that override what they need.</summary>
    protected DatasetsClient() => _client = null!;

    internal DatasetsClient(MlHubClient client) => _client = client;

    /// <summary>The datasets of the hub, in its order; the request is sent when the list is first asked for an element.</summary>
    /// <param name="query">Which to list; all when null.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <exception cref="MlHubException">The list could not be fetched or read.</exception>
    public virtual async IAsyncEnumerable<Dataset> ListAsync(
        DatasetQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = _client.Connection.Api.Datasets.ToGetRequestInformation(parameters =>
        {
            parameters.QueryParameters.Tags = query is { Tags.Count: > 0 } ? [.. query.Tags] : null;
            parameters.QueryParameters.Text = query is { Text.Count: > 0 } ? [.. query.Text] : null;
        });
        await foreach (var dataset in _client.Pages.EntitiesAsync(request, list: null, cancellationToken).ConfigureAwait(false))
        {
            yield return Dataset.FromJson(dataset, _client);
        }
    }

    /// <summary>Finds a dataset by its id or its DOI: what holds a slash is a DOI.</summary>
    /// <param name="idOrDoi">An id such as <c>bigearthnet_v1</c>, or a DOI such as <c>10.14279/depositonce-10149</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such dataset.</exception>
    public virtual Task<Dataset> GetAsync(string idOrDoi, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(idOrDoi);
        return idOrDoi.Contains('/', StringComparison.Ordinal) ? GetByDoiAsync(idOrDoi, cancellationToken) : GetByIdAsync(idOrDoi, cancellationToken);
    }

    /// <summary>Finds a dataset by its id.</summary>
    /// <param name="id">The id; any text, it is escaped.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such dataset.</exception>
    public virtual async Task<Dataset> GetByIdAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var request = _client.Connection.Api.Datasets[id].ToGetRequestInformation();
        return Dataset.FromJson(await _client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), _client);
    }

    /// <summary>Finds a dataset by its DOI.</summary>
    /// <param name="doi">The DOI, without <c>https://doi.org/</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such dataset.</exception>
    public virtual async Task<Dataset> GetByDoiAsync(string doi, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(doi);
        var request = _client.Connection.Api.Datasets.Doi[doi].ToGetRequestInformation();

        // The API takes the slash of a DOI as it is, and the segments between slashes escaped; a template variable would escape both.
        request.UrlTemplate = request.UrlTemplate!.Replace("{doi}", "{+doi}", StringComparison.Ordinal);
        request.PathParameters["doi"] = string.Join('/', doi.Split('/').Select(Uri.EscapeDataString));
        return Dataset.FromJson(await _client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), _client);
    }
}
