namespace MlHub.Sdk;

/// <summary>Of several downloads some failed. Those that did not are whole; running the download again tries the others only.</summary>
public sealed class DownloadsFailedException : MlHubException
{
    internal DownloadsFailedException(string what, IReadOnlyList<DownloadResult> completed, IReadOnlyDictionary<string, MlHubException> failures)
        : base(Describe(what, completed, failures), failures.Values.First())
    {
        Completed = completed;
        Failures = failures;
    }

    /// <summary>The downloads that succeeded.</summary>
    public IReadOnlyList<DownloadResult> Completed { get; }

    /// <summary>Why the others failed, by the id of the archive or the key of the asset.</summary>
    public IReadOnlyDictionary<string, MlHubException> Failures { get; }

    private static string Describe(string what, IReadOnlyList<DownloadResult> completed, IReadOnlyDictionary<string, MlHubException> failures)
    {
        var total = completed.Count + failures.Count;
        var reasons = string.Join("; ", failures.Select(failure => $"{failure.Key}: {failure.Value.Message}"));
        return $"{failures.Count} of {total} files of {what} failed: {reasons}";
    }
}
