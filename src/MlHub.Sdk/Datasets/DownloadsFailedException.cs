namespace MlHub.Sdk;

/// <summary>Some of several downloads failed. The others are complete. Run the download again to retry only those that failed.</summary>
public sealed class DownloadsFailedException : MlHubException
{
    /// <summary>Creates an exception for several downloads, some of which failed.</summary>
    /// <param name="what">What was downloaded, for example <c>dataset bigearthnet_v1</c>.</param>
    /// <param name="completed">The downloads that succeeded.</param>
    /// <param name="failures">The reasons why the others failed, by the id of the archive or the key of the asset. At least one.</param>
    public DownloadsFailedException(string what, IReadOnlyList<DownloadResult> completed, IReadOnlyDictionary<string, MlHubException> failures)
        : base(Describe(what, completed, failures), failures.Values.FirstOrDefault())
    {
        Completed = completed;
        Failures = failures;
    }

    private DownloadsFailedException(IReadOnlyList<DownloadResult> completed, IReadOnlyDictionary<string, MlHubException> failures, string message)
        : base(message, failures.Values.FirstOrDefault())
    {
        Completed = completed;
        Failures = failures;
    }

    /// <summary>The downloads that succeeded.</summary>
    public IReadOnlyList<DownloadResult> Completed { get; }

    /// <summary>The reasons why the others failed, by the id of the archive or the key of the asset.</summary>
    public IReadOnlyDictionary<string, MlHubException> Failures { get; }

    /// <summary>Creates an exception with a custom message: one sentence that says what failed and why.</summary>
    internal static DownloadsFailedException WithMessage(string message, IReadOnlyList<DownloadResult> completed, IReadOnlyDictionary<string, MlHubException> failures) =>
        new(completed, failures, message);

    private static string Describe(string what, IReadOnlyList<DownloadResult> completed, IReadOnlyDictionary<string, MlHubException> failures)
    {
        ArgumentNullException.ThrowIfNull(completed);
        ArgumentNullException.ThrowIfNull(failures);
        var total = completed.Count + failures.Count;
        var reasons = string.Join("; ", failures.Select(failure => $"{failure.Key}: {failure.Value.Message}"));
        return $"{failures.Count} of {total} files of {what} failed: {reasons}";
    }
}
