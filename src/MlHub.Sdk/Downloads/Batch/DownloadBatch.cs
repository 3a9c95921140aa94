using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Session;

namespace MlHub.Sdk.Downloads.Batch;

/// <summary>Downloads many files, several at a time. A failed download does not stop the others.</summary>
/// <param name="download">Downloads one file, given the claims on its path.</param>
internal sealed class DownloadBatch(Func<DownloadRequest, Action<Target>, CancellationToken, Task<DownloadResult>> download)
{
    /// <summary>The outcome of each download, in the order in which they end.</summary>
    internal async IAsyncEnumerable<DownloadOutcome> RunAsync(
        IAsyncEnumerable<DownloadRequest> requests, int concurrency, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var outcomes = Channel.CreateBounded<DownloadOutcome>(concurrency);
        var fetching = FetchAllAsync(requests, concurrency, outcomes.Writer, stop.Token);
        try
        {
            await foreach (var outcome in outcomes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return outcome;
            }
        }
        finally
        {
            // If the caller stops enumerating, the downloads are cancelled.
            await stop.CancelAsync().ConfigureAwait(false);
            await fetching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Throws if two requests are known to get the same path.</summary>
    /// <exception cref="ArgumentException">The message names both requests.</exception>
    internal static void RequireDifferentPaths(IReadOnlyCollection<DownloadRequest> requests)
    {
        var claims = new PathClaims();
        foreach (var request in requests)
        {
            ArgumentNullException.ThrowIfNull(request, nameof(requests));
            if (Claim(request, claims).Error is DownloadException clash)
            {
                throw new ArgumentException(clash.Message, nameof(requests));
            }
        }
    }

    private async Task FetchAllAsync(
        IAsyncEnumerable<DownloadRequest> requests, int concurrency, ChannelWriter<DownloadOutcome> outcomes, CancellationToken cancellationToken)
    {
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(ClaimAsync(requests, cancellationToken), parallel, async (claimed, token) =>
                await outcomes.WriteAsync(await FetchAsync(claimed, token).ConfigureAwait(false), token).ConfigureAwait(false)).ConfigureAwait(false);
            outcomes.Complete();
        }
        catch (Exception error)
        {
            outcomes.Complete(error);
        }
    }

    private async Task<DownloadOutcome> FetchAsync(Claimed claimed, CancellationToken cancellationToken)
    {
        if (claimed.Claim is null)
        {
            return new DownloadOutcome { Request = claimed.Request, Error = claimed.Error };
        }

        try
        {
            return new DownloadOutcome { Request = claimed.Request, Result = await download(claimed.Request, claimed.Claim, cancellationToken).ConfigureAwait(false) };
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new DownloadOutcome { Request = claimed.Request, Error = error };
        }
    }

    // Known names are claimed in the order of the requests, so that the later request always fails.
    private static async IAsyncEnumerable<Claimed> ClaimAsync(
        IAsyncEnumerable<DownloadRequest> requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var claims = new PathClaims();
        await foreach (var request in requests.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            ArgumentNullException.ThrowIfNull(request, nameof(requests));
            yield return Claim(request, claims);
        }
    }

    private static Claimed Claim(DownloadRequest request, PathClaims claims)
    {
        try
        {
            DownloadRequest.Require(request);
            var claim = claims.By(request.Url);
            if (FileNames.Expected(request) is { } expected)
            {
                claim(expected);
            }

            return new Claimed(request, claim);
        }
        catch (Exception error) when (error is DownloadException or ArgumentException)
        {
            return new Claimed(request, null, error);
        }
    }

    /// <summary>A request with its claim on a path, or the reason why it has none.</summary>
    private sealed record Claimed(DownloadRequest Request, Action<Target>? Claim, Exception? Error = null);
}
