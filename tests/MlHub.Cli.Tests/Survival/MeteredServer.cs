using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Cli.Tests;

/// <summary>
/// One file on a loopback server that honours ranges, has a strong ETag and a Content-MD5, gives so many bytes a second, no more than the client
/// reads, and none beyond a limit, and counts what it gives: in all, and for the second time.
/// </summary>
internal sealed class MeteredServer : IAsyncDisposable
{
    private const int PieceSize = 32 * 1024;
    private const int BlockSize = 1024;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _connections = [];
    private readonly List<(Func<bool> Holds, TaskCompletionSource Told)> _watchers = [];
    private readonly List<string> _requests = [];
    private readonly double _secondsPerByte;
    private readonly Task _accepting;
    private byte[] _file = [];
    private bool[] _given = [];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private string _etag = "";
    private string _md5 = "";
    private DateTime _free = DateTime.UtcNow;
    private long _served;
    private long _servedAgain;
    private int _missing;
    private long _limit = long.MaxValue;

    public MeteredServer(byte[] file, double bytesPerSecond = double.PositiveInfinity)
    {
        _secondsPerByte = 1 / bytesPerSecond;
        Publish(file);
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/data.bin?key=secret");
        _accepting = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>Called for each request with its number and its Range; may wait, and may answer with a head of its own, without a body.</summary>
    public Func<int, string?, CancellationToken, Task<string?>>? Instead { get; set; }

    /// <summary>Whether it sends the length of the file. If not, the file ends with the connection, and ranges are not supported.</summary>
    public bool TellsLength { get; init; } = true;

    /// <summary>The file as it is now.</summary>
    public byte[] File => Locked(() => _file);

    /// <summary>The bytes of all bodies so far.</summary>
    public long Served => Locked(() => _served);

    /// <summary>Those of them that had been given before.</summary>
    public long ServedAgain => Locked(() => _servedAgain);

    /// <summary>The Range of each request; "whole" if there is none.</summary>
    public IReadOnlyList<string> Requests => Locked(() => (string[])[.. _requests]);

    /// <summary>Replaces the file, under a new ETag.</summary>
    public void Publish(byte[] file) => Locked(() =>
    {
        _file = file;
        GiveNone();
        _md5 = Convert.ToBase64String(MD5.HashData(file));
        _etag = $"\"{Convert.ToHexStringLower(MD5.HashData(file))}\"";
    });

    /// <summary>Forgets what was given, as when a client begins in a new directory.</summary>
    public void Forget() => Locked(GiveNone);

    /// <summary>Sends no byte beyond this total, until it is called again.</summary>
    public void LimitTo(long served)
    {
        Locked(() => _limit = served);
        Tell();
    }

    /// <summary>Waits until it has sent this many bytes in total.</summary>
    public Task ServedAsync(long bytes) => WhenAsync(() => _served >= bytes);

    /// <summary>Waits until every part of the file has been given once.</summary>
    public Task GivenWholeAsync() => WhenAsync(() => _missing == 0);

    /// <summary>Waits until this many requests have arrived in total.</summary>
    public Task RequestedAsync(int count) => WhenAsync(() => _requests.Count >= count);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(Locked(() => (Task[])[.. _connections])).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private void Locked(Action body)
    {
        lock (_lock)
        {
            body();
        }
    }

    private T Locked<T>(Func<T> body)
    {
        lock (_lock)
        {
            return body();
        }
    }

    private Task WhenAsync(Func<bool> holds)
    {
        lock (_lock)
        {
            if (holds())
            {
                return Task.CompletedTask;
            }

            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((holds, told));
            return told.Task.WaitAsync(Patience, _stop.Token);
        }
    }

    private void Tell()
    {
        lock (_lock)
        {
            foreach (var (_, told) in _watchers.Where(watcher => watcher.Holds()).ToArray())
            {
                told.TrySetResult();
            }

            _watchers.RemoveAll(watcher => watcher.Told.Task.IsCompleted);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            client.NoDelay = true;
            client.SendBufferSize = 2 * PieceSize;
            var connection = ServeAsync(client);
            Locked(() => _connections.Add(connection));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
                while (await ReadHeadAsync(reader) is { } headers && await AnswerAsync(stream, headers))
                {
                }
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                // The client was killed, as it should be, or the test is over.
            }
        }
    }

    private async Task<Dictionary<string, string>?> ReadHeadAsync(StreamReader reader)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var isFirst = true;
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            if (line.Length == 0)
            {
                return headers;
            }

            if (!isFirst)
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }

            isFirst = false;
        }

        return null;
    }

    /// <summary>Answers one request; says whether the connection is good for another.</summary>
    private async Task<bool> AnswerAsync(NetworkStream stream, Dictionary<string, string> headers)
    {
        var range = headers.GetValueOrDefault("Range");
        var number = Locked(() =>
        {
            _requests.Add(range ?? "whole");
            return _requests.Count;
        });
        Tell();
        if (Instead is { } instead && await instead(number, range, _stop.Token) is { } head)
        {
            await WriteAsync(stream, $"{head}Content-Length: 0\r\n\r\n");
            return true;
        }

        var (file, given, etag, md5) = Locked(() => (_file, _given, _etag, _md5));
        var isSame = headers.GetValueOrDefault("If-Range", etag) == etag;
        var (start, end) = range is not null && isSame && TellsLength ? Parse(range, file.Length) : (0, file.Length);
        await WriteAsync(stream, !TellsLength ? "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
            : string.Create(CultureInfo.InvariantCulture, $"{Status(start, end, file, md5)}ETag: {etag}\r\nContent-Length: {end - start}\r\n\r\n"));
        await GiveAsync(stream, file, given, start, end);
        return TellsLength;
    }

    private static string Status(int start, int end, byte[] file, string md5) => end - start == file.Length
        ? $"HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\nContent-MD5: {md5}\r\n"
        : string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{end - 1}/{file.Length}\r\n");

    private ValueTask WriteAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), _stop.Token);

    private async Task GiveAsync(NetworkStream stream, byte[] file, bool[] given, int start, int end)
    {
        while (start < end)
        {
            await WhenAsync(() => _served < _limit);
            var count = (int)Math.Min(Math.Min(PieceSize, end - start), Math.Max(1, Locked(() => _limit - _served)));
            await PaceAsync(count);
            await WhenReadAsync(stream.Socket);
            await stream.WriteAsync(file.AsMemory(start, count), _stop.Token);
            Count(given, start, start + count);
            start += count;
        }
    }

    // Again is what lies in a block that was begun before: exact to a block at either end of a range.
    private void Count(bool[] given, int start, int end)
    {
        lock (_lock)
        {
            _served += end - start;
            for (int next; start < end; start = next)
            {
                next = Math.Min(end, (start / BlockSize * BlockSize) + BlockSize);
                _servedAgain += given[start / BlockSize] && start % BlockSize == 0 ? next - start : 0;
                _missing -= given == _given && !given[start / BlockSize] ? 1 : 0;
                given[start / BlockSize] = true;
            }
        }

        Tell();
    }

    private void GiveNone()
    {
        _missing = (_file.Length + BlockSize - 1) / BlockSize;
        _given = new bool[_missing];
    }

    // One for all connections, like a line that they share.
    private async Task PaceAsync(int bytes)
    {
        var wait = Locked(() =>
        {
            var now = DateTime.UtcNow;
            _free = (_free > now ? _free : now).AddSeconds(bytes * _secondsPerByte);
            return _free - now;
        });
        if (wait > TimeSpan.FromMilliseconds(2))
        {
            await Task.Delay(wait, _stop.Token);
        }
    }

    // A line on which little is under way. Without this, a client that a busy machine lets wait finds megabytes in its buffers. It did not ask for most of
    // them any more when another of its connections has taken over the rest of a range, and yet they would count as given.
    private async Task WhenReadAsync(Socket connection)
    {
        while (_secondsPerByte > 0 && Unread(connection) > PieceSize)
        {
            await Task.Delay(1, _stop.Token);
        }
    }

    /// <summary>The bytes that the system holds for the client (proc_net_tcp: local and remote address, state, then the two queues). Linux alone tells.</summary>
    private static int Unread(Socket connection)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var ends = string.Create(
            CultureInfo.InvariantCulture,
            $": 0100007F:{((IPEndPoint)connection.RemoteEndPoint!).Port:X4} 0100007F:{((IPEndPoint)connection.LocalEndPoint!).Port:X4} ");
        return System.IO.File.ReadLines("/proc/net/tcp").FirstOrDefault(line => line.Contains(ends, StringComparison.Ordinal)) is { } line
            ? int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4].Split(':')[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : 0;
    }

    private static (int Start, int End) Parse(string range, int length)
    {
        var ends = range["bytes=".Length..].Split('-');
        return (int.Parse(ends[0], CultureInfo.InvariantCulture), Math.Min(length, int.Parse(ends[1], CultureInfo.InvariantCulture) + 1));
    }
}
