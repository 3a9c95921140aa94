namespace MlHub.Sdk.Downloads.Remote;

/// <summary>Something failed that may go well when it is tried again.</summary>
internal sealed class TransientFailure : Exception
{
    internal TransientFailure(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>What broke, in words that may hold what a server wrote, and so what it echoed. Then the cause is not kept, for it tells the same.</summary>
    internal static TransientFailure Because(string what, Exception broken, Func<string, string> scrub)
    {
        var words = scrub(broken.Message);
        return new TransientFailure($"{what}: {words.TrimEnd('.')}.", scrub(broken.ToString()) == broken.ToString() ? broken : null);
    }

    /// <summary>How long the server asked to wait, or null.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the server is overloaded: fewer connections would do it good.</summary>
    internal bool IsThrottling { get; init; }

    internal System.Net.HttpStatusCode? Status { get; init; }

    /// <summary>Who answered so, without what is secret; null when it is the address that was asked for, or nobody did.</summary>
    internal Uri? Url { get; init; }

    /// <summary>What the server said, or null.</summary>
    internal string? ServerWords { get; init; }
}
