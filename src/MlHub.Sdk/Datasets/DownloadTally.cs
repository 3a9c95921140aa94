namespace MlHub.Sdk;

/// <summary>Keeps count of several downloads, of which one that fails does not keep the others from being tried.</summary>
internal sealed class DownloadTally(MlHubClient client)
{
    private readonly List<DownloadResult> _results = [];
    private readonly Dictionary<string, MlHubException> _failures = [];

    /// <summary>Runs one download. A key that is missing or refused ends all at once: the others would fail alike.</summary>
    public async Task AddAsync(string id, Func<Task<DownloadResult>> download)
    {
        try
        {
            _results.Add(await download().ConfigureAwait(false));
        }
        catch (MlHubException e) when (e is not (ApiKeyNotFoundException or MlHubAuthenticationException))
        {
            _failures.Add(id, e);
        }
    }

    /// <summary>Counts a download that has ended, with its result or its error.</summary>
    public void Add(string id, DownloadResult? result, Exception? error)
    {
        if (result is not null)
        {
            _results.Add(result);
        }
        else
        {
            _failures.Add(id, error as MlHubException ?? new MlHubException(error!.Message, error));
        }
    }

    /// <exception cref="DownloadsFailedException">One failed, or several.</exception>
    public IReadOnlyList<DownloadResult> Results(string what) =>
        _failures.Count == 0 ? _results : throw client.Scrub(new DownloadsFailedException(what, _results, _failures));
}
