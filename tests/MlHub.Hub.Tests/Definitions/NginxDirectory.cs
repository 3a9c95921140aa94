namespace MlHub.Hub.Tests;

/// <summary>A directory of nginx that lists itself: as pages in <c>html/</c>, and as JSON in <c>json/</c>.</summary>
public sealed class NginxDirectory : IAsyncLifetime
{
    private static readonly Lazy<string?> Reason = new(() => ChildServer.WhyNot(Command, "nginx"));
    private readonly int _port = ChildServer.FreePort();
    private ChildServer? _server;

    /// <summary>The reason why nginx is not available, or null.</summary>
    public static string? WhyNot => Reason.Value;

    public string Log => File.ReadAllText(Path.Combine(Home, "access.log"));

    private static string Command => File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";

    private string Home { get; } = Directory.CreateTempSubdirectory("mlhub-autoindex-").FullName;

    public string Place(string path) => $$"""{ "type": "http", "url": "http://127.0.0.1:{{_port}}/{{path}}" }""";

    public async Task InitializeAsync()
    {
        if (WhyNot is null)
        {
            Directory.CreateDirectory(Path.Combine(Home, "files"));
            await File.WriteAllTextAsync(Path.Combine(Home, "nginx.conf"), Configuration());
            _server = await ChildServer.StartAsync(_port, Home, Command, "-p", Home + "/", "-c", Path.Combine(Home, "nginx.conf"), "-e", Path.Combine(Home, "error.log"));
        }
    }

    public void Put(string path, string content)
    {
        var file = Path.Combine(Home, "files", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(Home, recursive: true);
    }

    // One process that keeps its user: a master process would drop root, and then could not read a directory of root.
    private string Configuration() => $$"""
        daemon off;
        master_process off;
        pid {{Home}}/nginx.pid;
        error_log {{Home}}/error.log;
        events { worker_connections 64; }
        http {
          client_body_temp_path {{Home}}/body;
          proxy_temp_path {{Home}}/proxy;
          fastcgi_temp_path {{Home}}/fastcgi;
          uwsgi_temp_path {{Home}}/uwsgi;
          scgi_temp_path {{Home}}/scgi;
          log_format seen '$request_uri $status $http_user_agent';
          access_log {{Home}}/access.log seen;
          default_type application/octet-stream;
          server {
            listen 127.0.0.1:{{_port}};
            root {{Home}}/files;
            autoindex on;
            location /json/ { autoindex_format json; }
          }
        }
        """;
}

/// <summary>A test against nginx. It is skipped with a reason if nginx is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NginxTheoryAttribute : TheoryAttribute
{
    public NginxTheoryAttribute() => Skip = NginxDirectory.WhyNot!;
}
