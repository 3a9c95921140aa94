using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace MlHub.Hub.Tests;

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
                await RunAsync("chown", "postgres", _home);
            }

            await RunAsync([.. AsUser, Path.Combine(Programs!, "initdb"), "--auth", "trust", "--username", "mlhub", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--pgdata", Data]);
            await StartAsync();
        }
    }

    public async Task StartAsync()
    {
        _server = await ChildServer.StartAsync(
            _port, _home, [.. AsUser, Path.Combine(Programs!, "postgres"), "-D", Data, "-p", _port.ToString(CultureInfo.InvariantCulture), "-k", _home, "-c", "listen_addresses=127.0.0.1", .. Fast]);
        for (var patience = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            try
            {
                await QueryAsync(Address("postgres"), "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (patience.Elapsed < TimeSpan.FromMinutes(1))
            {
                // It listens before it is ready.
            }
        }
    }

    /// <summary>Stops the server at once, as a crash would.</summary>
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await RunAsync([.. AsUser, Path.Combine(Programs!, "pg_ctl"), "stop", "-D", Data, "-m", "immediate"]);
            await _server.DisposeAsync();
            _server = null;
        }
    }

    /// <summary>The address of a new database, for <see cref="DirectoryHubOptions.IndexDatabase"/>.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await QueryAsync(Address("postgres"), $"CREATE DATABASE {name}");
        return Address(name);
    }

    /// <summary>Runs a statement, and returns the first value of its result.</summary>
    public static async Task<object?> QueryAsync(string address, string sql)
    {
        var url = new Uri(address);
        await using var connection = new NpgsqlConnection($"Host={url.Host};Port={url.Port};Database={url.AbsolutePath.Trim('/')};Username=mlhub;Search Path=mlhub,public;Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // The statements are those of the tests.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_home, recursive: true);
    }

    private string Address(string database) => $"postgresql://mlhub@127.0.0.1:{_port}/{database}";

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var words = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, string.Concat(words));
    }
}
