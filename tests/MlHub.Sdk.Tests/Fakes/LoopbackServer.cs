using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MlHub.Sdk.Tests;

/// <summary>Accepts connections on loopback, and runs the test's function for each. The function may throw any exception.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener;

    // Without a reference, a connection that waits for ever would be collected, and its socket closed.
    private readonly ConcurrentBag<Task> _serving = [];

    public LoopbackServer(Func<NetworkStream, Task> serve, IPAddress? address = null)
    {
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        _ = AcceptAsync(serve);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections were taken.</summary>
    public int Connections { get; private set; }

    /// <summary>A server that reads the head of each request and answers with the same text, then closes.</summary>
    public static LoopbackServer Answering(string answer) => new(async stream =>
    {
        await ReadHeadAsync(stream);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
    });

    /// <summary>The request line and the headers of a request; empty if the client closes the connection.</summary>
    public static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var next = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(next) > 0)
        {
            head.Append((char)next[0]);
        }

        return head.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(Func<NetworkStream, Task> serve)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                Connections++;
                _serving.Add(ServeAsync(client, serve));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task ServeAsync(TcpClient client, Func<NetworkStream, Task> serve)
    {
        using (client)
        {
            await serve(client.GetStream()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
