using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>An HTTP server over raw sockets that sends the responses of a test, including invalid ones.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<ScriptedRequest, ScriptedAnswer> _script;
    private readonly Task _accepting;
    private int _served;
    private int _connectionCount;
    private long _bodyBytes;

    public ScriptedServer(Func<ScriptedRequest, ScriptedAnswer> script)
    {
        _script = script;
        _listener.Start();
        Root = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Root { get; }

    public ConcurrentQueue<ScriptedRequest> Requests { get; } = new();

    /// <summary>The bytes of all bodies that were written to a socket.</summary>
    public long BodyBytes => Volatile.Read(ref _bodyBytes);

    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    public Uri Url(string path) => new(Root, path);

    /// <summary>Waits until so many requests have come.</summary>
    public async Task AskedAsync(int requests)
    {
        while (Requests.Count < requests)
        {
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            Interlocked.Increment(ref _connectionCount);
            _connections.Add(ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                while (await ReadRequestAsync(stream) is { } request)
                {
                    Requests.Enqueue(request);
                    if (!await AnswerAsync(stream, client, _script(request)))
                    {
                        return;
                    }
                }
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                // The client hung up, or the test is over.
            }
        }
    }

    private async Task<ScriptedRequest?> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            text.Append((char)one[0]);
        }

        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new ScriptedRequest(lines[0].Split(' ')[1], headers, Interlocked.Increment(ref _served));
    }

    /// <summary>Writes the answer; says whether the connection is still good for another.</summary>
    private async Task<bool> AnswerAsync(NetworkStream stream, TcpClient client, ScriptedAnswer answer)
    {
        if (answer.Silent)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }

        if (answer.BeforeHead is { } wait)
        {
            await wait(_stop.Token);
        }

        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} Scripted\r\n");
        foreach (var (name, value) in answer.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
        foreach (var piece in answer.Body.Chunk(answer.PieceSize))
        {
            if (answer.BeforePiece is { } before)
            {
                await before(_stop.Token);
            }

            await stream.WriteAsync(piece, _stop.Token);
            Interlocked.Add(ref _bodyBytes, piece.Length);
        }

        if (answer.End == ScriptedEnd.Stall)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }

        if (answer.End == ScriptedEnd.Reset)
        {
            client.Client.LingerState = new LingerOption(true, 0);
        }

        return answer.End == ScriptedEnd.KeepAlive;
    }
}
