using System.Globalization;
using System.Net;
using System.Text.Json;

namespace MlHub.Cli.Tests;

/// <summary>Two hubs behind a load balancer, with one index in PostgreSQL.</summary>
public sealed class ScaleOutTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const int Items = 400;

    // More than a hub has connections to the database.
    private const int Workers = 40;
    private const int RequestsBefore = 300;
    private const int RequestsAfter = 600;
    private const string Key = "scale-out-key-0123456789";

    [ScaleOutFact]
    public async Task A_hub_that_is_killed_under_load_loses_no_request()
    {
        using var directory = new TemporaryDirectory();
        ItemTree.Write(directory.Path, "first", Items);
        var database = await postgres.CreateDatabaseAsync();
        using var one = new Hub(directory.Path, database);
        await one.IsReadyAsync();
        using var two = new Hub(directory.Path, database, "--refresh", "0");
        await two.IsReadyAsync();
        await using var balancer = await LoadBalancer.StartAsync(one.Port, two.Port);

        using var load = new Load(balancer.Port);
        var working = load.RunAsync();
        await load.HasSentAsync(RequestsBefore);
        one.Kill();
        await load.HasSentAsync(RequestsBefore + RequestsAfter);
        await load.StopAsync();
        await working;

        Assert.Empty(load.Failures);
    }

    [ScaleOutFact]
    public async Task One_hub_indexes_while_the_other_serves()
    {
        using var directory = new TemporaryDirectory();
        ItemTree.Write(directory.Path, "first", Items);
        var database = await postgres.CreateDatabaseAsync();
        using var reader = new Hub(directory.Path, database);
        await reader.IsReadyAsync();
        ItemTree.Write(directory.Path, "second", Items);

        using var load = new Load(reader.Port);
        var working = load.RunAsync();
        await load.HasSentAsync(RequestsBefore);
        using (var writer = new Hub(directory.Path, database))
        {
            await writer.IsReadyAsync();
            await reader.HasCollectionAsync("second");
        }

        await load.StopAsync();
        await working;
        Assert.Empty(load.Failures);
    }

    /// <summary><c>mlhub serve</c> in a process of its own.</summary>
    private sealed class Hub : IDisposable
    {
        private readonly MlHubProcess _process;
        private readonly HttpClient _http = new();

        public Hub(string directory, string database, params string[] more) => _process = MlHubProcess.Start(
            ["serve", directory, "--port", Port.ToString(CultureInfo.InvariantCulture), "--api-key", Key, "--index", database, .. more]);

        public int Port { get; } = ChildServer.FreePort();

        public Task IsReadyAsync() => EventuallyAsync("readyz");

        public Task HasCollectionAsync(string id) => EventuallyAsync($"mlhub/v1/collections/{id}?key={Key}");

        public void Kill() => _process.Kill();

        public void Dispose()
        {
            _process.Dispose();
            _http.Dispose();
        }

        private async Task EventuallyAsync(string path)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (true)
            {
                try
                {
                    using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{Port}/{path}"), patience.Token);
                    if (response.StatusCode == HttpStatusCode.OK)
                    {
                        return;
                    }
                }
                catch (HttpRequestException)
                {
                    // Not yet.
                }

                await Task.Delay(20, patience.Token);
            }
        }
    }

    /// <summary>nginx before two hubs. What one does not answer, the other gets.</summary>
    private sealed class LoadBalancer : IAsyncDisposable
    {
        private readonly string _home = Directory.CreateTempSubdirectory("mlhub-balancer-").FullName;
        private ChildServer? _server;

        public int Port { get; } = ChildServer.FreePort();

        public static string Command => File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";

        public static async Task<LoadBalancer> StartAsync(params int[] hubs)
        {
            var balancer = new LoadBalancer();
            await File.WriteAllTextAsync(Path.Combine(balancer._home, "nginx.conf"), balancer.Configuration(hubs));
            balancer._server = await ChildServer.StartAsync(balancer.Port, balancer._home, Command, "-p", balancer._home + "/", "-c", Path.Combine(balancer._home, "nginx.conf"), "-e", Path.Combine(balancer._home, "error.log"));
            return balancer;
        }

        public async ValueTask DisposeAsync()
        {
            await _server!.DisposeAsync();
            Directory.Delete(_home, recursive: true);
        }

        // docs/scale-out.md explains it.
        private string Configuration(int[] hubs) => $$"""
            daemon off;
            master_process off;
            pid {{_home}}/nginx.pid;
            error_log {{_home}}/error.log;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path {{_home}}/body;
              proxy_temp_path {{_home}}/proxy;
              fastcgi_temp_path {{_home}}/fastcgi;
              uwsgi_temp_path {{_home}}/uwsgi;
              scgi_temp_path {{_home}}/scgi;
              upstream hubs {
                {{string.Join(' ', hubs.Select(port => $"server 127.0.0.1:{port} max_fails=1 fail_timeout=10s;"))}}
                keepalive 32;
              }
              server {
                listen 127.0.0.1:{{Port}};
                location / {
                  proxy_pass http://hubs;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header Host $http_host;
                  proxy_next_upstream error timeout http_503;
                }
              }
            }
            """;
    }

    /// <summary>Many requests at the same time, whose answers are compared with what they must be.</summary>
    private sealed class Load(int port) : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly HttpClient _http = new();
        private readonly List<string> _failures = [];
        private int _sent;

        public IReadOnlyList<string> Failures => _failures;

        public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, Workers).Select(WorkAsync));

        public async Task HasSentAsync(int requests)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            while (Volatile.Read(ref _sent) < requests)
            {
                await Task.Delay(5, patience.Token);
            }
        }

        public Task StopAsync() => _stop.CancelAsync();

        public void Dispose()
        {
            _http.Dispose();
            _stop.Dispose();
        }

        private async Task WorkAsync(int worker)
        {
            var random = new Random(worker);
            while (!_stop.IsCancellationRequested)
            {
                var number = random.Next(Items);
                var id = string.Create(CultureInfo.InvariantCulture, $"item_{number:00000}");
                var problem = random.Next(2) == 0 ? await ItemAsync(id) : await PageAsync(number, id);
                Interlocked.Increment(ref _sent);
                if (problem is not null)
                {
                    lock (_failures)
                    {
                        _failures.Add(problem);
                    }
                }
            }
        }

        private Task<string?> ItemAsync(string id) => AskAsync($"collections/first/items/{id}?key={Key}", item => item.GetProperty("id").GetString() == id);

        private Task<string?> PageAsync(int number, string id) => AskAsync(
            $"collections/first/items?limit=5&token=next:{id}&key={Key}", page => page.GetProperty("features").GetArrayLength() == Math.Min(5, Items - 1 - number));

        private async Task<string?> AskAsync(string path, Func<JsonElement, bool> isRight)
        {
            try
            {
                using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/mlhub/v1/{path}"));
                var body = await response.Content.ReadAsStringAsync();
                return response.StatusCode == HttpStatusCode.OK && isRight(JsonElement.Parse(body)) ? null : $"{path}: {response.StatusCode} {body}";
            }
            catch (HttpRequestException error)
            {
                return $"{path}: {error.Message}";
            }
        }
    }
}

/// <summary>A test with PostgreSQL and nginx. It is skipped with a reason if one is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScaleOutFactAttribute : FactAttribute
{
    public ScaleOutFactAttribute() => Skip = PostgresServer.WhyNot ?? ChildServer.WhyNot(File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx", "nginx")!;
}
