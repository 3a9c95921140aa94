using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>Lists and gets datasets. Thread-safe.</summary>
public class DatasetsClient
{
    private readonly MlHubClient? _client;

    /// <summary>For test doubles: mocks, and subclasses of your own.</summary>
    protected DatasetsClient()
    {
    }

    internal DatasetsClient(MlHubClient? client) => _client = client;

    private MlHubClient Client => _client ?? throw TestDoubles.NotOverridden(this);

    /// <summary>Lists the datasets of the hub, in the server's order. The request is sent when the enumeration starts.</summary>
    /// <param name="query">A filter. Null lists all datasets.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <exception cref="MlHubException">The list could not be fetched or read.</exception>
    public virtual async IAsyncEnumerable<Dataset> ListAsync(
        DatasetQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = Client.Connection.Api.Datasets.ToGetRequestInformation(parameters =>
        {
            parameters.QueryParameters.Tags = query is { Tags.Count: > 0 } ? [.. query.Tags] : null;
            parameters.QueryParameters.Text = query is { Text.Count: > 0 } ? [.. query.Text] : null;
        });
        await foreach (var dataset in Client.Pages.EntitiesAsync(request, list: null, cancellationToken).ConfigureAwait(false))
        {
            yield return Dataset.FromJson(dataset, Client);
        }
    }

    /// <summary>Gets a dataset by its id or its DOI. A text with a slash is taken as a DOI.</summary>
    /// <param name="idOrDoi">An id such as <c>bigearthnet_v1</c>, or a DOI such as <c>10.14279/depositonce-10149</c>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such dataset.</exception>
    public virtual Task<Dataset> GetAsync(string idOrDoi, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(idOrDoi);
        return idOrDoi.Contains('/', StringComparison.Ordinal) ? GetByDoiAsync(idOrDoi, cancellationToken) : GetByIdAsync(idOrDoi, cancellationToken);
    }

    /// <summary>Gets a dataset by its id.</summary>
    /// <param name="id">The id. It is escaped, so it can contain any characters.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such dataset.</exception>
    public virtual async Task<Dataset> GetByIdAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var request = Client.Connection.Api.Datasets[id].ToGetRequestInformation();
        return Dataset.FromJson(await Client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), Client);
    }

    /// <summary>Gets a dataset by its DOI.</summary>
    /// <param name="doi">The DOI, without <c>https://doi.org/</c>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="EntityDoesNotExistException">There is no such dataset.</exception>
    public virtual async Task<Dataset> GetByDoiAsync(string doi, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(doi);
        var request = Client.Connection.Api.Datasets.Doi[doi].ToGetRequestInformation();

        // The API takes the slash of a DOI as it is, and the segments between slashes escaped; a template variable would escape both.
        request.UrlTemplate = request.UrlTemplate!.Replace("{doi}", "{+doi}", StringComparison.Ordinal);
        request.PathParameters["doi"] = string.Join('/', doi.Split('/').Select(Uri.EscapeDataString));
        return Dataset.FromJson(await Client.Connection.GetJsonAsync(request, cancellationToken).ConfigureAwait(false), Client);
    }
}
