using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// The remote file of one download. Sends the requests, follows redirects, and returns the result of each request. The final address is kept for later ranges,
/// and is renewed when it expires.
/// </summary>
internal sealed class RemoteFile : IDisposable
{
    private readonly Lock _lock = new();
    private readonly DownloadRequest _request;
    private readonly DownloadServices _services;
    private readonly Action _onExpired;
    private readonly Cookies _cookies = new();
    private readonly RequestSecrets _secrets;
    private readonly Uri _asked;
    private readonly string? _credentials;
    private SemaphoreSlim? _renewal;
    private Uri _address;
    private bool _leavesOutIfRange;

    /// <param name="request">The requested file.</param>
    /// <param name="services">The services that all downloads share.</param>
    /// <param name="onExpired">Called when an address has expired.</param>
    internal RemoteFile(DownloadRequest request, DownloadServices services, Action onExpired)
    {
        (_request, _services, _onExpired) = (request, services, onExpired);
        _secrets = new RequestSecrets(request, _cookies, services.Scrub);
        _credentials = BasicCredentials.Of(request.Url);
        _asked = Redirects.WithoutUserInfo(request.Url);
        _address = _asked;
    }

    /// <summary>The limit of the host that the bytes come from.</summary>
    internal HostLimit Host => _services.Limits.Of(Address);

    private Uri Address
    {
        get
        {
            lock (_lock)
            {
                return _address;
            }
        }
    }

    /// <summary>The limit of the host where a fault happened.</summary>
    internal HostLimit HostOf(Fault fault) => _services.Limits.Of(fault.Url);

    /// <summary>Sends a request to the original address and follows redirects.</summary>
    /// <param name="rangeFor">Returns the range to request from each address. Null requests the whole file.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    internal async Task<Reply> OpenAsync(Func<Uri, RangeRequest?> rangeFor, CancellationToken cancellationToken)
    {
        var reply = await FollowAsync(_asked, rangeFor, waits: true, cancellationToken).ConfigureAwait(false);
        Remember(reply);
        return reply;
    }

    /// <summary>Requests a range from the address of the first response, or from the original address if that has expired.</summary>
    /// <param name="range">The range.</param>
    /// <param name="waits">Whether to wait for a connection slot of the host.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    internal async Task<Reply> OpenRangeAsync(RangeRequest range, bool waits, CancellationToken cancellationToken)
    {
        var address = Address;
        var reply = await FollowAsync(address, _ => range, waits, cancellationToken).ConfigureAwait(false);
        return IsExpiry(reply, address) ? await RenewAsync(address, range, waits, cancellationToken).ConfigureAwait(false) : reply;
    }

    /// <summary>
    /// Stops sending <c>If-Range</c>. Some servers support only dates in it, and send the whole file for their own ETag. The ETag of each response is compared
    /// in any case.
    /// </summary>
    internal void LeaveOutIfRange() => Volatile.Write(ref _leavesOutIfRange, true);

    public void Dispose() => _renewal?.Dispose();

    // An expired signed address is refused.
    private bool IsExpiry(Reply reply, Uri address) =>
        address != _asked && reply.Fault is { Kind: FaultKind.Lasting, Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.Gone };

    // The first connection that detects the expiry requests a new address, and the others wait for it: one request per expiry.
    private async Task<Reply> RenewAsync(Uri expired, RangeRequest range, bool waits, CancellationToken cancellationToken)
    {
        var turn = LazyInitializer.EnsureInitialized(ref _renewal, static () => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Address == expired)
            {
                _onExpired();
                var renewed = await FollowAsync(_asked, _ => range, waits, cancellationToken).ConfigureAwait(false);
                Remember(renewed);
                return renewed;
            }
        }
        finally
        {
            turn.Release();
        }

        var address = Address;
        var reply = await FollowAsync(address, _ => range, waits, cancellationToken).ConfigureAwait(false);
        return IsExpiry(reply, address)
            ? new Fault(FaultKind.Passing, $"A new address was rejected immediately ({(int)reply.Fault!.Status!}).", reply.Fault.Url) { Status = reply.Fault.Status }
            : reply;
    }

    private void Remember(Reply reply)
    {
        if (reply.IsResponse)
        {
            lock (_lock)
            {
                _address = reply.Response.Url;
            }
        }
    }

    private async Task<Reply> FollowAsync(Uri start, Func<Uri, RangeRequest?> rangeFor, bool waits, CancellationToken cancellationToken)
    {
        // The same address with other cookies is another request, because sign-on pages redirect back to the address that they were reached from.
        var cookies = _cookies.HeaderFor(start);
        HashSet<(string Address, string Cookies)>? seen = null;
        var url = start;
        for (var hops = 0; ; hops++)
        {
            if (_request.WhyNotAsked is { } rule && await rule(url).ConfigureAwait(false) is { } reason)
            {
                return Bad(reason, url);
            }

            var reply = await SendAsync(url, rangeFor(url), waits, cancellationToken).ConfigureAwait(false);
            if (reply.Response is not { } response)
            {
                return reply;
            }

            _cookies.Store(url, response.Http);
            if (!Redirects.IsRedirect(response.Status))
            {
                return await AcceptAsync(response, cancellationToken).ConfigureAwait(false);
            }

            using (response)
            {
                if (hops == Redirects.Most)
                {
                    return Bad($"it redirects more than {Redirects.Most} times", url);
                }

                if (!Redirects.TryFollow(response.Http, url, out var next, out var whyNot))
                {
                    return Bad(_secrets.Scrub(whyNot), url);
                }

                seen ??= [(start.AbsoluteUri, cookies)];
                if (!seen.Add((next.AbsoluteUri, _cookies.HeaderFor(next))))
                {
                    return Bad("it redirects in a loop", next);
                }

                url = next;
            }
        }
    }

    private async Task<Reply> SendAsync(Uri url, RangeRequest? range, bool waits, CancellationToken cancellationToken)
    {
        _secrets.Know(url);
        var where = RedactedUrl.Of(url);
        if (await _services.Limits.Of(url).EnterAsync(waits, cancellationToken).ConfigureAwait(false) is not { } slot)
        {
            return new Fault(FaultKind.NoRoom, "The connection limit of the host is reached.", where);
        }

        HttpResponseMessage? received = null;
        try
        {
            using var timeout = new CancellationTokenSource(_services.Options.ResponseTimeout, _services.Time);
            using var cancelled = cancellationToken.UnsafeRegister(static timeout => ((CancellationTokenSource)timeout!).Cancel(), timeout);
            using var message = Message(url, range);
            received = await _services.Http.SendAsync(message, timeout.Token).ConfigureAwait(false);
            var response = new RemoteResponse(received, url, _asked, _services, slot, _secrets.Scrub);
            (received, slot) = (null, null);
            return response;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Fault(FaultKind.Passing, $"The server did not respond within {Seconds.Text(_services.Options.ResponseTimeout)}.", where);
        }
        catch (MlHubException error)
        {
            return new Fault(FaultKind.Lasting, error.Message, where) { Error = error };
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or SocketException)
        {
            return Faults.Unreachable(url, broken, _secrets.Scrub);
        }
        finally
        {
            received?.Dispose();
            slot?.Dispose();
        }
    }

    private HttpRequestMessage Message(Uri url, RangeRequest? range)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };

        // A compressed body could neither be resumed nor compared with the digest of the file.
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        message.Headers.TryAddWithoutValidation("Accept", "*/*");
        if (range is not null)
        {
            message.Headers.TryAddWithoutValidation("Range", range.Range.ToHeader());
            if (range.IfRange is not null && !Volatile.Read(ref _leavesOutIfRange))
            {
                message.Headers.TryAddWithoutValidation("If-Range", range.IfRange);
            }
        }

        // The caller's headers and the credentials in the address are sent only to the origin that they were given for.
        var cookies = _cookies.HeaderFor(url);
        if (Origin.IsSame(url, _asked))
        {
            foreach (var (name, value) in _request.Headers)
            {
                var isCookie = name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) && cookies.Length > 0;
                message.Headers.TryAddWithoutValidation(name, isCookie ? $"{value}; {cookies}" : value);
                cookies = isCookie ? string.Empty : cookies;
            }

            if (_credentials is not null && !message.Headers.NonValidated.Contains("Authorization"))
            {
                message.Headers.TryAddWithoutValidation("Authorization", $"Basic {_credentials}");
            }
        }

        if (cookies.Length > 0)
        {
            message.Headers.TryAddWithoutValidation("Cookie", cookies);
        }

        return message;
    }

    private async Task<Reply> AcceptAsync(RemoteResponse response, CancellationToken cancellationToken)
    {
        if (response.Status is HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            _services.Limits.Of(response.Url).Responded();
            return response;
        }

        using (response)
        {
            return await RefusalAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Fault> RefusalAsync(RemoteResponse response, CancellationToken cancellationToken)
    {
        var (status, where) = (response.Status, response.Where);

        // Other success statuses carry a file and not an error message. 203 (RFC 9110 §15.3.4) is a file that a proxy changed.
        var hasWords = !response.Http.IsSuccessStatusCode || status == HttpStatusCode.Accepted;
        var words = hasWords ? await response.ReadWordsAsync(cancellationToken).ConfigureAwait(false) : null;
        var retryAfter = RetryAfter.Read(response.Http, _services.Time);
        var isPassing = TransientErrors.Include(status) || (status == HttpStatusCode.Accepted && retryAfter <= _services.Options.MaxRetryAfter);
        return new Fault(isPassing ? FaultKind.Passing : FaultKind.Lasting, $"The server responded with {(int)status} ({status}).", where)
        {
            Error = isPassing ? null : status == HttpStatusCode.Accepted
                ? NotReady(where, words, retryAfter)
                : Refusal.Of(status, where, Origin.IsSame(response.Url, _asked) ? Access(response.Url) : null, words, message => Refused(message, status, where, words)),
            IsOverload = status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable,
            RetryAfter = retryAfter,
            Status = status,
            ServerWords = words,
        };
    }

    private (string What, string Advice) Access(Uri url) =>
        _credentials is null ? _services.Access(url) : ("Access was denied", "check the user name and the password in the address");

    private static DownloadException Refused(string message, HttpStatusCode status, Uri where, string? words) =>
        new(DownloadFailure.Refused, message) { StatusCode = status, RequestUrl = where, ServerMessage = words };

    private static DownloadException NotReady(Uri where, string? words, TimeSpan? retryAfter)
    {
        var when = retryAfter is { } wait ? string.Create(CultureInfo.InvariantCulture, $"in {wait.TotalSeconds:0} s") : "later";
        return new DownloadException(DownloadFailure.NotReady, $"The server is still preparing {where} (202). Run the download again {when}.{ServerWords.Quote(words)}")
        {
            StatusCode = HttpStatusCode.Accepted,
            RequestUrl = where,
            ServerMessage = words,
        };
    }

    private static Fault Bad(string why, Uri url)
    {
        var where = RedactedUrl.Of(url);
        var message = $"The request to {where} failed: {why}.";
        return new Fault(FaultKind.Lasting, message, where) { Error = new DownloadException(DownloadFailure.BadResponse, message) { RequestUrl = where } };
    }
}
