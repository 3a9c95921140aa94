using System.Diagnostics;
using System.Globalization;

namespace MlHub.Testing;

/// <summary>A server of PostgreSQL with PostGIS, in a process of its own, with an empty database for each test.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private static readonly string[] Fast = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB", "-c", "max_connections=200"];
    private static readonly Lazy<string?> Reason = new(() =>
        Programs is null ? "PostgreSQL is not installed: run eng/test-servers"
        : !Directory.EnumerateFiles("/usr/share/postgresql", "postgis.control", SearchOption.AllDirectories).Any() ? "PostGIS is not installed: run eng/test-servers"
        : null);

    private readonly string _home = Directory.CreateTempSubdirectory("mlhub-postgres-").FullName;
    private readonly int _port = ChildServer.FreePort();
    private ChildServer? _server;
    private int _databases;

    /// <summary>The reason why PostgreSQL is not available, or null.</summary>
    public static string? WhyNot => Reason.Value;

    private static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(programs => File.Exists(Path.Combine(programs, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    // PostgreSQL refuses to run as root.
    private static string[] AsUser => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] : [];

    private string Data => Path.Combine(_home, "data");

    public async Task InitializeAsync()
    {
        if (WhyNot is null)
        {
            if (Environment.IsPrivilegedProcess)
            {
                await RequireAsync("chown", "postgres", _home);
            }

            await RequireAsync([.. AsUser, Program("initdb"), "--auth", "trust", "--username", "mlhub", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--pgdata", Data]);
            await StartAsync();
        }
    }

    public async Task StartAsync()
    {
        _server = await ChildServer.StartAsync(
            _port, _home, [.. AsUser, Program("postgres"), "-D", Data, "-p", _port.ToString(CultureInfo.InvariantCulture), "-k", _home, "-c", "listen_addresses=127.0.0.1", .. Fast]);
        for (var patience = Stopwatch.StartNew(); (await RunAsync(Program("pg_isready"), "--quiet", "--dbname", Address("postgres"))).Code != 0; await Task.Delay(20))
        {
            // It listens before it is ready.
            if (patience.Elapsed > TimeSpan.FromMinutes(1))
            {
                throw new InvalidOperationException(_server.Words);
            }
        }
    }

    /// <summary>Stops the server at once, as a crash would.</summary>
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await RequireAsync([.. AsUser, Program("pg_ctl"), "stop", "-D", Data, "-m", "immediate"]);
            await _server.DisposeAsync();
            _server = null;
        }
    }

    /// <summary>The address of a new database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await QueryAsync(Address("postgres"), $"CREATE DATABASE {name}");
        return Address(name);
    }

    /// <summary>Runs a statement in the schema of an index, and returns its result as text.</summary>
    public static async Task<string> QueryAsync(string address, string sql)
    {
        var (code, words) = await RunAsync(Program("psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--dbname", address, "--command", "SET search_path TO mlhub, public", "--command", sql);
        return code == 0 ? words.Trim() : throw new InvalidOperationException(words);
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_home, recursive: true);
    }

    private string Address(string database) => $"postgresql://mlhub@127.0.0.1:{_port}/{database}";

    private static string Program(string name) => Path.Combine(Programs!, name);

    private static async Task RequireAsync(params string[] command)
    {
        var (code, words) = await RunAsync(command);
        if (code != 0)
        {
            throw new InvalidOperationException(words);
        }
    }

    private static async Task<(int Code, string Words)> RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var words = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(words));
    }
}
