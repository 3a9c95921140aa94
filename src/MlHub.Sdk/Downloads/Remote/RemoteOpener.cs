using System.Net;
using System.Net.Sockets;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// Asks for one file: follows redirects, and turns every refusal into the exception that says what to do about it.
/// The address at the end of the redirects is kept for later ranges, and asked for anew when it expires.
/// </summary>
internal sealed class RemoteOpener(HttpMessageInvoker http, HostGates gates, DownloaderSettings options, DownloadRequest request, Action expiryNoticed)
    : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _renewal = new(1);
    private readonly RequestSecrets _secrets = new(request, options.Wording.Scrub);
    private Uri _address = request.Url;

    /// <summary>The gate of the host that the bytes come from.</summary>
    internal HostGate Gate => gates.Of(Address);

    /// <summary>The gate of the host that answered so.</summary>
    internal HostGate GateFor(TransientFailure failure) => gates.Of(failure.Url ?? Address);

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

    /// <summary>Asks from the start, following redirects; what range to ask for is decided for each address on the way.</summary>
    internal async Task<RemoteAnswer> OpenFirstAsync(Func<Uri, RangeWish?> wish, CancellationToken cancellationToken)
    {
        var answer = await FollowAsync(request.Url, wish, waits: true, cancellationToken).ConfigureAwait(false);
        Remember(answer.Url);
        return answer;
    }

    /// <summary>Asks for a range where the first answer came from; when that address has expired, from the start.</summary>
    /// <exception cref="NoRoomAtHost">The host may have no connection more, and <paramref name="waits"/> is false.</exception>
    internal async Task<RemoteAnswer> OpenRangeAsync(RangeWish wish, bool waits, CancellationToken cancellationToken)
    {
        var address = Address;
        try
        {
            return await FollowAsync(address, _ => wish, waits, cancellationToken).ConfigureAwait(false);
        }
        catch (AddressExpiry)
        {
            return await RenewAsync(address, wish, waits, cancellationToken).ConfigureAwait(false);
        }
    }

    // Whoever notices first asks for a new address; the others, refused with the old one, wait for it: one question per expiry.
    private async Task<RemoteAnswer> RenewAsync(Uri expired, RangeWish wish, bool waits, CancellationToken cancellationToken)
    {
        await _renewal.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Address == expired)
            {
                expiryNoticed();
                var answer = await FollowAsync(request.Url, _ => wish, waits, cancellationToken).ConfigureAwait(false);
                Remember(answer.Url);
                return answer;
            }
        }
        finally
        {
            _renewal.Release();
        }

        try
        {
            return await FollowAsync(Address, _ => wish, waits, cancellationToken).ConfigureAwait(false);
        }
        catch (AddressExpiry again)
        {
            throw new TransientFailure($"A new address was refused at once ({(int)again.Status}).", again) { Status = again.Status };
        }
    }

    public void Dispose() => _renewal.Dispose();

    private void Remember(Uri address)
    {
        lock (_lock)
        {
            _address = address;
        }
    }

    private async Task<RemoteAnswer> FollowAsync(Uri start, Func<Uri, RangeWish?> wish, bool waits, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var url = start;
        for (var hops = 0; ; hops++)
        {
            if (!seen.Add(url.AbsoluteUri))
            {
                throw Bad("it redirects in a loop", url);
            }

            var answer = await SendAsync(url, wish(url), waits, cancellationToken).ConfigureAwait(false);
            if (!Redirects.IsRedirect(answer.Status))
            {
                return await AcceptAsync(answer, start, cancellationToken).ConfigureAwait(false);
            }

            // An answer that is not passed on gives back its connection and its place at the host.
            using (answer)
            {
                url = hops == Redirects.Most ? throw Bad($"it redirects more than {Redirects.Most} times", url)
                    : Redirects.TryFollow(answer.Response, url, out var next, out var whyNot) ? next : throw Bad(whyNot, url);
            }
        }
    }

    private async Task<RemoteAnswer> SendAsync(Uri url, RangeWish? wish, bool waits, CancellationToken cancellationToken)
    {
        _secrets.Know(url);
        var gate = gates.Of(url);
        var slot = await gate.EnterAsync(waits, cancellationToken).ConfigureAwait(false);
        try
        {
            using var timeout = new CancellationTokenSource(options.Transfer.ResponseTimeout, options.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            using var message = Message(url, wish);
            var response = await SendAsync(message, either.Token, cancellationToken).ConfigureAwait(false);
            return Understand(response, url, slot);
        }
        catch
        {
            slot.Dispose();
            throw;
        }
    }

    private RemoteAnswer Understand(HttpResponseMessage response, Uri url, IDisposable slot)
    {
        try
        {
            return new RemoteAnswer(response, url, slot, _secrets.Scrub);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken either, CancellationToken caller)
    {
        try
        {
            return await http.SendAsync(message, either).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw new TransientFailure($"The server did not answer within {options.Transfer.ResponseTimeout.TotalSeconds:0.#} s.");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or SocketException)
        {
            throw TransientFailure.Because("The server could not be reached", broken, _secrets.Scrub);
        }
    }

    private HttpRequestMessage Message(Uri url, RangeWish? wish)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };

        // A compressed body could neither be resumed nor be held against the digest of the file.
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        message.Headers.TryAddWithoutValidation("Accept", "*/*");
        if (wish is not null)
        {
            message.Headers.TryAddWithoutValidation("Range", wish.Range.ToHeader());
            if (wish.IfRange is not null)
            {
                message.Headers.TryAddWithoutValidation("If-Range", wish.IfRange);
            }
        }

        if (Origin.IsSame(url, request.Url))
        {
            foreach (var (name, value) in request.Headers)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private async Task<RemoteAnswer> AcceptAsync(RemoteAnswer answer, Uri start, CancellationToken cancellationToken)
    {
        if (answer.Status is HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            gates.Of(answer.Url).Answered();
            return answer;
        }

        using (answer)
        {
            throw await RefusalAsync(answer, start, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Exception> RefusalAsync(RemoteAnswer answer, Uri start, CancellationToken cancellationToken)
    {
        var status = answer.Status;
        if (start != request.Url && status is (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.Gone))
        {
            return new AddressExpiry(status);
        }

        // What comes with a success is a file, no refusal in words: 203 (RFC 9110 §15.3.4) brings one that a proxy changed.
        if (answer.Response.IsSuccessStatusCode)
        {
            return Refusals.Describe(status, answer.Url, accessAdvice: null, words: null);
        }

        var words = await ServerWords.ReadAsync(answer.Response.Content, _secrets.Scrub, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        if (TransientErrors.Include(status))
        {
            return Overload(answer, words);
        }

        return Refusals.Describe(status, answer.Url, Origin.IsSame(answer.Url, request.Url) ? options.Wording.AccessAdvice : null, words);
    }

    private TransientFailure Overload(RemoteAnswer answer, string? words) =>
        new($"The server answered {(int)answer.Status} ({answer.Status}).")
        {
            IsThrottling = answer.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable,
            RetryAfter = RetryAfter.Read(answer.Response, options.TimeProvider),
            Status = answer.Status,
            Url = RedactedUrl.Of(answer.Url),
            ServerWords = words,
        };

    private static DownloadException Bad(string why, Uri url) =>
        new(DownloadFailure.BadAnswer, $"The request to {RedactedUrl.Of(url)} was given up: {why}.") { RequestUrl = RedactedUrl.Of(url) };
}
