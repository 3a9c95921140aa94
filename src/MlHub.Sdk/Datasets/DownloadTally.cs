namespace MlHub.Sdk;

/// <summary>Collects the results of several downloads. A failed download does not stop the others.</summary>
internal sealed class DownloadTally(MlHubClient client)
{
    private readonly List<DownloadResult> _results = [];
    private readonly Dictionary<string, MlHubException> _failures = [];

    /// <summary>Runs one download. A missing or refused key ends all downloads immediately, because the others would fail in the same way.</summary>
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

    /// <summary>Records a download that has ended, with its result or its error.</summary>
    public void Add(string id, DownloadResult? result, Exception? error)
    {
        if (result is not null)
        {
            _results.Add(result);
        }
        else
        {
            _failures.Add(id, error as MlHubException ?? new MlHubException(error is IOException or UnauthorizedAccessException ? FileErrors.ReasonAndPath(error) : error!.Message, error));
        }
    }

    /// <exception cref="DownloadsFailedException">At least one download failed.</exception>
    public IReadOnlyList<DownloadResult> Results(string what) =>
        _failures.Count == 0 ? _results : throw client.Scrub(new DownloadsFailedException(what, _results, _failures));
}
