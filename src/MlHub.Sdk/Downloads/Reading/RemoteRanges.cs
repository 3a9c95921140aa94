using System.Net;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Reporting;
using MlHub.Sdk.Downloads.Session;

namespace MlHub.Sdk.Downloads.Reading;

/// <summary>
/// Requests ranges of one version of a remote file, with retries. The first response decides which version that is. A body of another version is never
/// returned.
/// </summary>
internal sealed class RemoteRanges : IDisposable
{
    // One of several servers behind a host name may send invalid responses. More than three of them in a row are not a coincidence.
    private const int MaxOdd = 3;
    private readonly DownloadRequest _request;
    private readonly DownloadServices _services;
    private readonly Uri _where;
    private readonly RemoteFile _remote;
    private readonly bool _allowPages;
    private Retries _retries;
    private FileIdentity? _identity;
    private string _name = "";
    private bool _hasBytes;

    internal RemoteRanges(DownloadRequest request, DownloadServices services, bool allowPages)
    {
        (_request, _services, _allowPages) = (request, services, allowPages);
        _where = RedactedUrl.Of(request.Url);
        _remote = new RemoteFile(request, services, () => DownloadLog.AddressExpired(services.Logger, _where));
        _retries = NewRetries();
    }

    internal TimeProvider Time => _services.Time;

    /// <summary>Requests the first bytes, which also determines the length and the version of the file.</summary>
    /// <param name="firstLength">The number of bytes to request.</param>
    /// <param name="mostWhole">
    /// The maximum length of a file that is returned completely in one body. Such a file needs no range support, and no proof that two responses belong to the
    /// same version.
    /// </param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="MlHubException">There is no such file, it cannot be read in parts, or the server could not be reached.</exception>
    internal async Task<RangeBody> OpenFirstAsync(int firstLength, long mostWhole, CancellationToken cancellationToken)
    {
        ByteRange? range = new ByteRange(0, firstLength);
        for (var odd = 0; ;)
        {
            using var asking = new Asking(await _retries.AskAsync(cancellationToken).ConfigureAwait(false));
            var reply = await _remote.OpenAsync(_ => range is { } first ? new RangeRequest(first, null) : null, cancellationToken).ConfigureAwait(false);
            if (!reply.IsResponse)
            {
                Failed(asking.Round, reply.Fault);
                continue;
            }

            asking.Response = reply.Response;
            var response = reply.Response;
            var peeked = await response.OpenBody(cancellationToken).PeekAsync().ConfigureAwait(false);
            if (peeked.Length == 0 && response.Fault is { } broken)
            {
                Failed(asking.Round, broken);
                continue;
            }

            _name = FileNames.For(_request, response.Url);
            await RequireTheFileAsync(response, peeked, cancellationToken).ConfigureAwait(false);
            var identity = response.Identity;
            if (IsWhole(response, mostWhole))
            {
                return asking.Give(new ByteRange(0, identity.Length!.Value), identity.Length.Value);
            }

            // Comparing the response with itself succeeds only if later responses can be proved to belong to the same version.
            var why = "the server sends the whole file, or nothing, in response to a range request";
            if (range is { } asked)
            {
                (var verdict, why) = ResponseRules.Check(response, asked, identity, hasDigest: false, _name);
                if (verdict == RangeVerdict.Right)
                {
                    _identity = identity;
                    return asking.Give(BytesOf(response, asked), identity.Length!.Value);
                }
            }

            if (range is not null && identity.IsProvable && !response.RefusesRanges && ++odd <= MaxOdd)
            {
                Failed(asking.Round, response.Odd(why!));
            }
            else if (range is null || identity.Length > mostWhole)
            {
                throw NotInParts(response, why!);
            }
            else
            {
                // A small file may be received in one body.
                range = null;
            }
        }
    }

    /// <summary>Requests a range of the version in the first response.</summary>
    /// <param name="range">The range.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The body. It may end before the range does.</returns>
    /// <exception cref="MlHubException">The file changed, the server refuses it, or it could not be reached.</exception>
    internal async Task<RangeBody> OpenAsync(ByteRange range, CancellationToken cancellationToken)
    {
        for (var odd = 0; ;)
        {
            using var asking = new Asking(await _retries.AskAsync(cancellationToken).ConfigureAwait(false));
            var reply = await _remote.OpenRangeAsync(new RangeRequest(range, _identity!.ETag?.ForIfRange), waits: true, cancellationToken).ConfigureAwait(false);
            if (!reply.IsResponse)
            {
                // A server that has sent the file before may refuse it by mistake, just as it may send an invalid response.
                var mayPass = reply.Fault.Kind == FaultKind.Lasting && ++odd <= MaxOdd;
                Failed(asking.Round, mayPass ? reply.Fault with { Error = null } : reply.Fault);
                continue;
            }

            asking.Response = reply.Response;
            var (verdict, why) = ResponseRules.Check(reply.Response, range, _identity, hasDigest: false, _name);
            if (verdict == RangeVerdict.Right)
            {
                if (await reply.Response.SkipAsync(range.Start - reply.Response.BodyStart, cancellationToken).ConfigureAwait(false) is { } early)
                {
                    Failed(asking.Round, early);
                    continue;
                }

                return asking.Give(BytesOf(reply.Response, range), _identity.Length!.Value);
            }

            if (verdict == RangeVerdict.WholeFile)
            {
                _remote.LeaveOutIfRange();
            }

            if (++odd > MaxOdd)
            {
                throw verdict == RangeVerdict.OtherFile ? Changed(reply.Response, why!) : Bad(reply.Response, why!);
            }

            Failed(asking.Round, reply.Response.Odd(why!));
        }
    }

    /// <summary>Bytes of a body were received.</summary>
    internal void Progress(RangeBody body, int bytes)
    {
        _hasBytes = true;
        _retries.Progress(body.Round);
        DownloadTelemetry.Arrived(bytes);
    }

    /// <summary>A body broke. The next request waits.</summary>
    /// <exception cref="MlHubException">It broke too often.</exception>
    internal void Broke(RangeBody body, long missing) => Failed(body.Round, body.Response.EndedEarly(missing));

    /// <summary>Logs a failure if no reader is waiting.</summary>
    internal void NoteIgnored(Exception failure) => DownloadLog.PrefetchingFailed(_services.Logger, _where, failure.Message);

    public void Dispose()
    {
        _retries.Dispose();
        _remote.Dispose();
    }

    private void Failed(Retries.Round round, Fault fault)
    {
        if (fault.Error is not null && (fault.Kind == FaultKind.Lasting || (fault.Kind == FaultKind.LastingUntilBytesArrive && !_hasBytes)))
        {
            throw fault.Error;
        }

        if (fault.IsOverload)
        {
            _remote.HostOf(fault).Overloaded(round.BegunAt, Time.GetTimestamp());
        }

        try
        {
            // Nothing is stored that a later run could resume with.
            _retries.StartedAgain();
            _retries.Failed(round, fault);
        }
        catch (DownloadException)
        {
            // A later read may retry, with a new count.
            _retries.Dispose();
            _retries = NewRetries();
            throw;
        }
    }

    private Retries NewRetries() => new(_services.Options, Time, (fault, delay) =>
    {
        DownloadTelemetry.Retried();
        DownloadLog.RetryingDownload(_services.Logger, fault.Message, _where, delay);
    });

    // A whole file, or a range that covers all of it. A 416 for the first bytes may mean that the file is empty (RFC 9110 §15.5.17).
    private static bool IsWhole(RemoteResponse response, long most) => response.Identity.Length is { } length && length <= most
        && (response.Status == HttpStatusCode.RequestedRangeNotSatisfiable ? length == 0
            : !response.IsPart || (response.ContentRange?.Range == new ByteRange(0, length) && (response.ContentLength ?? length) == length && !MediaTypes.IsMultipart(response.Identity.MediaType)));

    // A body may end before or after the end of the range.
    private static ByteRange BytesOf(RemoteResponse response, ByteRange asked) => asked with { End = Math.Min(asked.End, response.ContentRange!.Range!.Value.End) };

    private async Task RequireTheFileAsync(RemoteResponse response, byte[] peeked, CancellationToken cancellationToken)
    {
        if (response.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return;
        }

        if (!_allowPages && ErrorPages.DescribePage(response, FileNames.Asked(_request), _name, before: null, peeked) is { } page)
        {
            var words = await response.ReadWordsAsync(cancellationToken).ConfigureAwait(false);
            throw Error(
                DownloadFailure.UnexpectedPage, response, $"sent {page} instead of '{_name}'. Check the address and whether a login is needed, or set AllowPages.{ServerWords.Quote(words)}", words);
        }

        // Without the header that cannot be read, it may come whole: it is asked for without a range.
        if (!response.HasUnreadableRange && ResponseRules.WhyNotItsBytes(response, _name, peeked) is { } coded)
        {
            throw Error(DownloadFailure.BadResponse, response, $"was sent {response.Scrub(coded)}");
        }
    }

    private static DownloadException NotInParts(RemoteResponse response, string why) =>
        Error(DownloadFailure.NotInParts, response, $"cannot be read in parts: {response.Scrub(why)}. Download the file and read it from disk.");

    private static DownloadException Changed(RemoteResponse response, string why) =>
        Error(DownloadFailure.RemoteChanged, response, $"changed while it was read: {response.Scrub(why)}. Open it again.");

    private static DownloadException Bad(RemoteResponse response, string why) =>
        Error(DownloadFailure.BadResponse, response, $"cannot be read any further: {response.Scrub(why)}.");

    private static DownloadException Error(DownloadFailure reason, RemoteResponse response, string what, string? words = null) =>
        new(reason, $"{response.Where} {what}") { StatusCode = response.Status, RequestUrl = response.Where, ServerMessage = words };

    /// <summary>A request in progress. Disposing of it ends its round and its response, unless they were returned to the caller.</summary>
    private sealed class Asking(Retries.Round round) : IDisposable
    {
        private bool _isGiven;

        internal Retries.Round Round { get; } = round;

        internal RemoteResponse? Response { get; set; }

        internal RangeBody Give(ByteRange range, long fileLength)
        {
            _isGiven = true;
            return new RangeBody(Response!, Round, range, fileLength);
        }

        public void Dispose()
        {
            if (!_isGiven)
            {
                Response?.Dispose();
                Round.Dispose();
            }
        }
    }
}
