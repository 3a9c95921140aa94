using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MlHub.Testing;

/// <summary>A server in a process of its own. It ends when it is disposed of, and also when the tests' own process is killed.</summary>
public sealed class ChildServer : IAsyncDisposable
{
    // The shell becomes the server; what watches over it waits for its own standard input to end, as it does when its parent does.
    private const string Watched = """exec 3<&0; log=$1; shift; (cat <&3; kill $$) > /dev/null 2>&1 & exec 3<&-; exec "$@" < /dev/null > "$log" 2>&1""";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static int _lastPort = Random.Shared.Next(10_000, 28_000);
    private readonly Process _process;
    private readonly string _log;

    private ChildServer(Process process, string log)
    {
        _process = process;
        _log = log;
    }

    /// <summary>What the server has written to its standard output and error.</summary>
    public string Words => File.Exists(_log) ? File.ReadAllText(_log) : string.Empty;

    /// <summary>Starts a server, and waits until somebody listens at its port.</summary>
    public static async Task<ChildServer> StartAsync(int port, string directory, params string[] command)
    {
        var log = Path.Combine(directory, "words.log");
        var start = new ProcessStartInfo("sh", ["-c", Watched, "sh", log, .. command]) { RedirectStandardInput = true, WorkingDirectory = directory };
        var server = new ChildServer(Process.Start(start)!, log);
        try
        {
            await server.ListensAsync(port);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A port that is free, and below those that outgoing connections take.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _lastPort);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next.
            }
        }
    }

    /// <summary>The reason for which a command cannot be run through the shell, or null.</summary>
    public static string? WhyNot(string command, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            return $"{name} is started through a Unix shell";
        }

        using var which = Process.Start(new ProcessStartInfo("sh", ["-c", "command -v \"$1\" > /dev/null", "sh", command]))!;
        which.WaitForExit();
        return which.ExitCode == 0 ? null : $"{name} is not installed: run eng/test-servers";
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task ListensAsync(int port)
    {
        for (var patience = Stopwatch.StartNew(); ; await Task.Delay(5))
        {
            if (_process.HasExited || patience.Elapsed > Patience)
            {
                throw new InvalidOperationException($"The server did not start: {Words}");
            }

            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }
    }
}
