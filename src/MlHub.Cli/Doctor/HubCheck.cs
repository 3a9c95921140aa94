using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Whether the hub can be reached and accepts the key, and whether its clock is ours.</summary>
internal sealed class HubCheck(MlHubClient client, TimeProvider clock)
{
    // Signed addresses of storage services are refused beyond a quarter of an hour; certificates and time-outs suffer earlier.
    private static readonly TimeSpan MostClockDifference = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private bool _answers;

    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Behind a proxy it is the proxy that looks up the name and connects. The request below tells whether that works.
        if (HttpClient.DefaultProxy.GetProxy(client.RootUrl) is not { } proxy || proxy == client.RootUrl)
        {
            await foreach (var finding in ConnectAsync(client.RootUrl, cancellationToken).ConfigureAwait(false))
            {
                yield return finding;
            }
        }

        await foreach (var finding in AskAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }

        if (_answers)
        {
            yield return await KeyAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async IAsyncEnumerable<Finding> ConnectAsync(Uri url, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var addresses = Array.Empty<IPAddress>();
        yield return await TimedAsync(
            "DNS",
            async token =>
            {
                addresses = await Dns.GetHostAddressesAsync(url.IdnHost.Trim('[', ']'), token).ConfigureAwait(false);
                return $"{url.Host} is {string.Join(", ", addresses.Take(4).Select(address => address.ToString()))}";
            },
            $"{url.Host} has no address: check the root URL and the network",
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
                return $"port {url.Port.ToString(CultureInfo.InvariantCulture)} of {Plain((socket.RemoteEndPoint as IPEndPoint)?.Address)}";
            },
            $"port {url.Port.ToString(CultureInfo.InvariantCulture)} of {url.Host} does not answer: check the root URL, and whether a firewall or a missing proxy is in the way",
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
                return $"{stream.SslProtocol}, certificate until {stream.RemoteCertificate?.GetExpirationDateString()}";
            },
            "the certificate is not trusted, or the port does not speak TLS: check the root URL, this machine's clock, and whether a firewall opens connections",
            cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<Finding> AskAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DateTimeOffset? date = null;
        yield return await TimedAsync(
            "API",
            async token =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("datasets", UriKind.Relative));
                using var response = await client.SendAsync(request, token).ConfigureAwait(false);
                date = response.Headers.Date;
                _answers = true;
                return $"{client.RootUrl}datasets answers {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}";
            },
            null,
            cancellationToken).ConfigureAwait(false);
        if (date is { } server)
        {
            var difference = clock.GetUtcNow() - server;
            var words = $"{Math.Abs(Math.Round(difference.TotalSeconds)).ToString(CultureInfo.InvariantCulture)} s {(difference < TimeSpan.Zero ? "behind" : "ahead of")} the hub's";
            yield return difference.Duration() <= MostClockDifference
                ? Finding.Good("clock", $"this machine's clock is {words}")
                : Finding.Bad("clock", $"this machine's clock is {words}: set the clock, or signed addresses and certificates are refused");
        }
    }

    // Lists of items need a key on every hub.
    private async Task<Finding> KeyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var collection in client.Collections.ListAsync(cancellationToken).ConfigureAwait(false))
            {
                await foreach (var item in client.Collections.ListItemsAsync(collection.Id, new ItemQuery { Limit = 1 }, cancellationToken).ConfigureAwait(false))
                {
                    return Finding.Good("access", $"the hub shows items ({item.CollectionId ?? collection.Id})");
                }

                return Finding.Good("access", $"the hub shows the items of {collection.Id}");
            }

            return Finding.Good("access", "the hub has no collections, so the API key was not tried");
        }
        catch (MlHubException error)
        {
            return Finding.Bad("access", error.Message);
        }
    }

    private static IPAddress? Plain(IPAddress? address) => address?.IsIPv4MappedToIPv6 == true ? address.MapToIPv4() : address;

    private static async Task<Finding> TimedAsync(string check, Func<CancellationToken, Task<string>> attempt, string? advice, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        var began = Stopwatch.GetTimestamp();
        try
        {
            var found = await attempt(late.Token).ConfigureAwait(false);
            return Finding.Good(check, string.Create(CultureInfo.InvariantCulture, $"{found} ({Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms)"));
        }
        catch (Exception error) when (error is MlHubException or SocketException or IOException or AuthenticationException)
        {
            return Finding.Bad(check, advice is null ? error.Message : $"{advice} ({error.Message})");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Finding.Bad(check, $"{advice ?? "the hub does not answer: try again later"} (no answer within {Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s)");
        }
    }
}
