using System.Net;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Reporting;
using MlHub.Sdk.Downloads.Resume;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>
/// One attempt at a download: send the first request, check existing files, fetch the missing bytes, publish the file. It returns the next step. The first
/// response of an attempt decides which file and which version is downloaded. Later responses cannot change that.
/// </summary>
internal sealed class Attempt(DownloadRequest request, DownloadServices services, RemoteFile remote, Retries retries, ProgressReporter progress, Learned learned, Place place)
{
    private readonly ulong _asked = AddressMark.Of(request.Url);

    internal async Task<Next> RunAsync(CancellationToken cancellationToken)
    {
        progress.Report(DownloadPhase.Starting, 0, 0);
        learned.WhyNotResumable = null;
        await place.LockAsync(cancellationToken).ConfigureAwait(false);

        // Send the first request. The journal of an earlier run determines its range.
        using var round = await retries.AskAsync(cancellationToken).ConfigureAwait(false);
        var earlier = new EarlierRun(_asked, url => place.Target ?? new Target(place.Directory, FileNames.For(request, url)));
        var reply = await remote.OpenAsync(url => learned.RangesUsable ? earlier.RangeFor(url) : null, cancellationToken).ConfigureAwait(false);
        if (!reply.IsResponse)
        {
            return AgainUnlessLasting(reply.Fault, round);
        }

        // Take the lock, if the name is known only from the response. Existing files were checked without the lock before.
        using var response = reply.Response;
        var target = place.Target ?? place.Choose(FileNames.For(request, response.Url));
        if (!place.IsSettled && (!place.TryLock(out _) || !earlier.IsCurrent(target)))
        {
            return new Next.LookAgain();
        }

        // Check the response and existing files.
        var first = ErrorPages.NeedsFirstBytes(response, FileNames.Asked(request) ?? target.FileName) ? await response.OpenBody(cancellationToken).PeekAsync().ConfigureAwait(false) : [];
        if (first.Length == 0 && response.Fault is { } fault)
        {
            return new Next.Again(fault, round);
        }

        await RequireNoPageAsync(response, earlier, target, first, cancellationToken).ConfigureAwait(false);

        // Files may be hashed or copied next.
        await SocketThread.Leave();
        var existingFile = target.Look();
        var existing = new ExistingFile(request, services, progress, learned, place, target);
        if (await existing.CompareAsync(response, cancellationToken).ConfigureAwait(false) is { } decision)
        {
            if (decision is Next.Done)
            {
                place.Discard();
            }

            return decision;
        }

        // Fetch.
        var part = place.RequirePart();
        try
        {
            var fetch = new Fetch(request, services, remote, retries, progress, learned, existing, part, existingFile);
            return earlier.Range is { } range
                ? await fetch.ResumeAsync(response, round, range, earlier.State!, cancellationToken).ConfigureAwait(false)
                : await fetch.BeginAsync(response, round, earlier, first, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            part.Close();
        }
    }

    // An invalid certificate, an unknown host name, a refusal: a retry cannot succeed. After bytes were received over this connection, it can.
    private Next.Again AgainUnlessLasting(Fault fault, Retries.Round round) =>
        fault.Error is not null && (fault.Kind == FaultKind.Lasting || (fault.Kind == FaultKind.LastingUntilBytesArrive && !retries.HasBytes))
            ? throw fault.Error
            : new Next.Again(fault, round);

    // A login form or an error page with status 200 is never stored as the file, and never replaces it.
    private async Task RequireNoPageAsync(RemoteResponse response, EarlierRun earlier, Target target, byte[] first, CancellationToken cancellationToken)
    {
        // A range is checked by its validators. Bytes from the middle of a file say nothing about its format.
        if (request.Options.AllowPages || (response.IsPart && earlier.Range is not null)
            || response.Status == HttpStatusCode.RequestedRangeNotSatisfiable || (request.Options.IfExists == IfExists.Skip && target.Look() is not null))
        {
            return;
        }

        var before = earlier.State is { } state ? (state.Identity.Asked == _asked ? state.Identity.MediaType : null)
            : Receipt.Of(target.FinalPath)?.Identity is { } noted && noted.Asked == AddressMark.OfFile(request.Url) ? noted.MediaType : null;
        if (ErrorPages.DescribePage(response, FileNames.Asked(request), target.FileName, before, first) is not { } page)
        {
            return;
        }

        var words = response.Status == HttpStatusCode.OK ? await response.ReadWordsAsync(cancellationToken).ConfigureAwait(false) : null;
        throw new DownloadException(
            DownloadFailure.UnexpectedPage,
            $"{response.Where} sent {page} instead of '{target.FileName}', so it was not stored. Check the address and whether a login is needed, or set AllowPages.{ServerWords.Quote(words)}")
        {
            StatusCode = response.Status,
            RequestUrl = response.Where,
            ServerMessage = words,
        };
    }
}
