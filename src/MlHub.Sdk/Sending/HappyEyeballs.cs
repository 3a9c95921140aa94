using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace MlHub.Sdk;

/// <summary>
/// Connects to a host name with any of its addresses (RFC 8305). Attempts run in parallel: a new one starts every 250 ms, or immediately when one fails. The
/// first that connects is used. .NET tries one address after the other, so that an unreachable first address takes the whole connect time-out.
/// </summary>
internal sealed class HappyEyeballs(TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>The "Connection Attempt Delay" that RFC 8305 §5 recommends.</summary>
    internal static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Creates an instance with the system's clock and resolver.</summary>
    public static HappyEyeballs Default { get; } =
        new(TimeProvider.System, static (host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));

    /// <summary>Returns a connected socket, which the caller owns.</summary>
    /// <exception cref="SocketException">The name has no address, or no address accepts a connection.</exception>
    public Task<Socket> ConnectAsync(DnsEndPoint endPoint, CancellationToken cancellationToken) =>
        IPAddress.TryParse(endPoint.Host, out var literal)
            ? AttemptAsync(new IPEndPoint(literal, endPoint.Port), cancellationToken)
            : ConnectByNameAsync(endPoint, cancellationToken);

    private async Task<Socket> ConnectByNameAsync(DnsEndPoint endPoint, CancellationToken cancellationToken)
    {
        var addresses = Interleave(await ResolveAsync(endPoint.Host, cancellationToken).ConfigureAwait(false)).ToArray();
        return addresses is [var only]
            ? await AttemptAsync(new IPEndPoint(only, endPoint.Port), cancellationToken).ConfigureAwait(false)
            : await RaceAsync(new Queue<IPAddress>(addresses), endPoint.Port, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The addresses in the system's order (RFC 6724), with alternating families (RFC 8305 §4), so that the second attempt uses another family than the first.
    /// </summary>
    internal static IEnumerable<IPAddress> Interleave(IEnumerable<IPAddress> addresses)
    {
        var families = addresses.Distinct().GroupBy(address => address.AddressFamily).Select(family => family.ToArray()).ToArray();
        for (var i = 0; i < families.Max(family => (int?)family.Length); i++)
        {
            foreach (var family in families.Where(family => i < family.Length))
            {
                yield return family[i];
            }
        }
    }

    /// <summary>A running lookup cannot be cancelled (getaddrinfo), so a cancelled caller only stops waiting for it.</summary>
    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var lookup = resolve(host, cancellationToken);
        try
        {
            var addresses = await lookup.WaitAsync(cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.NoData);
        }
        catch (OperationCanceledException)
        {
            _ = ObserveAsync(lookup);
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    private async Task<Socket> RaceAsync(Queue<IPAddress> untried, int port, CancellationToken cancellationToken)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<Socket>> attempts = [];
        List<Exception> failures = [];
        try
        {
            while (true)
            {
                if (untried.TryDequeue(out var address))
                {
                    attempts.Add(AttemptAsync(new IPEndPoint(address, port), race.Token));
                }
                else if (attempts.Count == 0)
                {
                    ExceptionDispatchInfo.Throw(MostInformative(failures));
                }

                var ended = await FirstCompletedAsync(attempts, untried.Count > 0 ? AttemptDelay : Timeout.InfiniteTimeSpan).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (ended is null)
                {
                    continue;
                }

                if (ended.IsCompletedSuccessfully)
                {
                    attempts.Remove(ended);
                    return await ended.ConfigureAwait(false);
                }

                attempts.Remove(ended);
                failures.Add(ended.Exception!.InnerException!);
            }
        }
        finally
        {
            await race.CancelAsync().ConfigureAwait(false);
            attempts.ForEach(loser => _ = CloseAsync(loser));
        }
    }

    /// <summary>Returns an attempt that ended, preferably one that connected. Null if none ended within <paramref name="delay"/>.</summary>
    private async Task<Task<Socket>?> FirstCompletedAsync(List<Task<Socket>> attempts, TimeSpan delay)
    {
        Task first = Task.WhenAny(attempts);
        await first.WaitAsync(delay, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return attempts.Find(attempt => attempt.IsCompletedSuccessfully) ?? attempts.Find(attempt => attempt.IsCompleted);
    }

    private static async Task<Socket> AttemptAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        // A machine without IPv6 already fails here. That counts as one failed attempt.
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException e)
        {
            // The message does not contain the address: the code that catches it adds the name and the port.
            socket.Dispose();
            throw new SocketException((int)e.SocketErrorCode);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A missing route to one address family says nothing about the server, but a refusal by the server does.</summary>
    private static Exception MostInformative(List<Exception> failures) =>
        failures.Find(failure => failure is SocketException
        {
            SocketErrorCode: not (SocketError.NetworkUnreachable or SocketError.HostUnreachable
                or SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable),
        }) ?? failures[0];

    private static async Task CloseAsync(Task<Socket> loser)
    {
        await ObserveAsync(loser).ConfigureAwait(false);
        if (loser.IsCompletedSuccessfully)
        {
            (await loser.ConfigureAwait(false)).Dispose();
        }
    }

    /// <summary>Observes the exception of an abandoned task.</summary>
    private static async Task ObserveAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
