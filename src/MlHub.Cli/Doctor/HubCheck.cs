using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Checks that the hub can be reached and accepts the API key, and that its clock agrees with the clock of this machine.</summary>
internal sealed class HubCheck(MlHubClient client, TimeProvider clock)
{
    // Storage services refuse signed URLs if the clock is more than 15 minutes off. Certificates can fail earlier.
    private static readonly TimeSpan MaxClockDifference = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(15);

    private bool _hasResponded;

    public async IAsyncEnumerable<CheckResult> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Behind a proxy, the proxy resolves the name and connects. The request below shows whether that works.
        if (HttpClient.DefaultProxy.GetProxy(client.RootUrl) is not { } proxy || proxy == client.RootUrl)
        {
            await foreach (var result in ConnectAsync(client.RootUrl, cancellationToken).ConfigureAwait(false))
            {
                yield return result;
            }
        }

        await foreach (var result in SendRequestAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }

        if (_hasResponded)
        {
            yield return await CheckKeyAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async IAsyncEnumerable<CheckResult> ConnectAsync(Uri url, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var addresses = Array.Empty<IPAddress>();
        yield return await TimedAsync(
            "DNS",
            async token =>
            {
                addresses = await Dns.GetHostAddressesAsync(url.IdnHost.Trim('[', ']'), token).ConfigureAwait(false);
                return $"{url.Host} resolves to {string.Join(", ", addresses.Take(4).Select(address => address.ToString()))}";
            },
            $"{url.Host} cannot be resolved: check the root URL and the network",
            cancellationToken).ConfigureAwait(false);
        if (addresses.Length == 0)
        {
            yield break;
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        yield return await TimedAsync(
            "connect",
            async token =>
            {
                await socket.ConnectAsync(addresses, url.Port, token).ConfigureAwait(false);
                return $"port {url.Port.ToString(CultureInfo.InvariantCulture)} of {UnmapIPv4((socket.RemoteEndPoint as IPEndPoint)?.Address)} accepts connections";
            },
            $"port {url.Port.ToString(CultureInfo.InvariantCulture)} of {url.Host} does not accept connections: check the root URL, the firewall and the proxy settings",
            cancellationToken).ConfigureAwait(false);
        if (!socket.Connected || url.Scheme != Uri.UriSchemeHttps)
        {
            yield break;
        }

        using var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
        yield return await TimedAsync(
            "TLS",
            async token =>
            {
                await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = url.IdnHost }, token).ConfigureAwait(false);
                return $"{stream.SslProtocol}, the certificate is valid until {stream.RemoteCertificate?.GetExpirationDateString()}";
            },
            "the certificate is not trusted, or the port does not speak TLS: check the root URL, this machine's clock, and whether a firewall intercepts TLS connections",
            cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<CheckResult> SendRequestAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DateTimeOffset? date = null;
        var sent = clock.GetUtcNow();
        yield return await TimedAsync(
            "API",
            async token =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("datasets", UriKind.Relative));
                using var response = await client.SendAsync(request, token).ConfigureAwait(false);
                date = response.Headers.Date;
                _hasResponded = true;
                return $"{client.RootUrl}datasets responds with {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}";
            },
            null,
            cancellationToken).ConfigureAwait(false);
        if (date is { } server)
        {
            var (ahead, behind) = (sent - server.AddSeconds(1), server - clock.GetUtcNow());
            yield return ahead > MaxClockDifference || behind > MaxClockDifference
                ? CheckResult.Failed("clock", $"{ClockComparison(ahead, behind)}: set the clock, because signed URLs and certificates depend on it")
                : CheckResult.Ok("clock", ClockComparison(ahead, behind));
        }
    }

    // The hub wrote its time, without the fraction of the second, between the request and now.
    private static string ClockComparison(TimeSpan ahead, TimeSpan behind) =>
        ahead > TimeSpan.Zero ? $"this machine's clock is {WholeSeconds(ahead)} s ahead of the hub's"
        : behind > TimeSpan.Zero ? $"this machine's clock is {WholeSeconds(behind)} s behind the hub's"
        : "this machine's clock and the hub's show the same time";

    private static string WholeSeconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    // Listing items requires a key on every hub.
    private async Task<CheckResult> CheckKeyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var collection in client.Collections.ListAsync(cancellationToken).ConfigureAwait(false))
            {
                await foreach (var item in client.Collections.ListItemsAsync(collection.Id, new ItemQuery { Limit = 1 }, cancellationToken).ConfigureAwait(false))
                {
                    return CheckResult.Ok("access", $"the hub lets you read items, for example of {item.CollectionId ?? collection.Id}");
                }

                return CheckResult.Ok("access", $"the hub lets you read the items of {collection.Id}");
            }

            return CheckResult.Ok("access", "the hub has no collections, so the API key was not tested");
        }
        catch (MlHubException error)
        {
            return CheckResult.Failed("access", error.Message);
        }
    }

    private static IPAddress? UnmapIPv4(IPAddress? address) => address?.IsIPv4MappedToIPv6 == true ? address.MapToIPv4() : address;

    private static async Task<CheckResult> TimedAsync(string check, Func<CancellationToken, Task<string>> attempt, string? advice, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(CheckTimeout);
        var started = Stopwatch.GetTimestamp();
        try
        {
            var found = await attempt(timeout.Token).ConfigureAwait(false);
            return CheckResult.Ok(check, string.Create(CultureInfo.InvariantCulture, $"{found} ({Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms)"));
        }
        catch (Exception error) when (error is MlHubException or SocketException or IOException or AuthenticationException)
        {
            return CheckResult.Failed(check, error is MlHubException ? error.Message : $"{advice ?? "the hub cannot be reached"} ({ConnectionErrors.Reason(error)})");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CheckResult.Failed(check, $"{advice ?? "the hub does not respond: try again later"} (no response within {CheckTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s)");
        }
    }
}
