using System.Text.Json;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>
/// The real nginx over a directory of files. What a file's folder is called says how it is served; the rate of each connection, in bytes a
/// second, is asked for in the query, and a Content-MD5 in the header <c>Promise-MD5</c>.
/// </summary>
public sealed class Nginx : IAsyncLifetime
{
    private static readonly Lazy<string?> Reason = new(() => ChildServer.WhyNot(Command, "nginx"));
    private static readonly JsonSerializerOptions LogFormat = new() { PropertyNameCaseInsensitive = true };
    private readonly int _port = ChildServer.FreePort();
    private ChildServer? _server;

    /// <summary>The reason why nginx is not available, or null.</summary>
    public static string? WhyNot => Reason.Value;

    public Uri Root => new($"http://127.0.0.1:{_port}/");

    private static string Command => File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";

    private string Home { get; } = Directory.CreateTempSubdirectory("mlhub-nginx-").FullName;

    public async Task InitializeAsync()
    {
        if (WhyNot is not null)
        {
            return;
        }

        Directory.CreateDirectory(Path.Combine(Home, "files"));
        await File.WriteAllTextAsync(Path.Combine(Home, "nginx.conf"), Configuration());
        _server = await ChildServer.StartAsync(
            _port, Home, Command, "-p", Home + "/", "-c", Path.Combine(Home, "nginx.conf"), "-e", Path.Combine(Home, "error.log"));
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(Home, recursive: true);
    }

    /// <summary>Replaces a file by renaming, so that running responses continue with the old file.</summary>
    public void Put(string path, byte[] bytes, DateTime modified) => Put(path, file => file.Write(bytes), modified);

    /// <summary>As <see cref="Put(string, byte[], DateTime)"/>, for a file that is not written as a whole.</summary>
    public void Put(string path, Action<FileStream> write, DateTime modified)
    {
        ArgumentNullException.ThrowIfNull(write);
        var file = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var written = file + ".new";
        using (var stream = File.Create(written))
        {
            write(stream);
        }

        File.SetLastWriteTimeUtc(written, modified);
        File.Move(written, file, overwrite: true);
    }

    /// <summary>Truncates a file in place while it is being sent.</summary>
    public void Cut(string path, long length)
    {
        using var file = File.Open(PathOf(path), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(length);
    }

    /// <summary>The requests for a path, in the order in which they ended.</summary>
    public async Task<IReadOnlyList<NginxRequest>> RequestsAsync(string path) =>
        [.. (await RequestsAsync()).Where(request => request.Uri.Split('?')[0] == "/" + path)];

    /// <summary>All requests, in the order in which they ended.</summary>
    public async Task<IReadOnlyList<NginxRequest>> RequestsAsync()
    {
        // nginx is one process and works sequentially: when this request is answered, all earlier responses are logged.
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(Root, "logged"));
        answer.EnsureSuccessStatusCode();
        return [.. File.ReadLines(Path.Combine(Home, "access.log")).Select(line => JsonSerializer.Deserialize<NginxRequest>(line, LogFormat)!)];
    }

    private string PathOf(string path) => Path.Combine(Home, "files", path);

    // One process that keeps its user: a master process would drop root, and then could not read a directory of root.
    private string Configuration() => $$"""
        daemon off;
        master_process off;
        pid {{Home}}/nginx.pid;
        error_log {{Home}}/error.log;
        events { worker_connections 256; }
        http {
          client_body_temp_path {{Home}}/body;
          proxy_temp_path {{Home}}/proxy;
          fastcgi_temp_path {{Home}}/fastcgi;
          uwsgi_temp_path {{Home}}/uwsgi;
          scgi_temp_path {{Home}}/scgi;
          log_format seen escape=json '{"connection":$connection,"uri":"$request_uri","path":"$uri","status":$status,"bytes":$body_bytes_sent,'
            '"range":"$http_range","ifRange":"$http_if_range","acceptEncoding":"$http_accept_encoding","etag":"$sent_http_etag"}';
          access_log {{Home}}/access.log seen;
          limit_conn_zone $server_port zone=few:1m;
          map $arg_rate $rate { '' 0; default $arg_rate; }
          types { text/plain txt; }
          default_type application/octet-stream;
          sendfile on;
          server {
            listen 127.0.0.1:{{_port}};
            root {{Home}}/files;
            limit_rate $rate;
            add_header Content-MD5 $http_promise_md5;
            location = /logged { access_log off; return 204; }
            location /no-ranges/ { max_ranges 0; }
            location /no-etag/ { etag off; }
            location /gzip/ { gzip on; gzip_types text/plain; gzip_min_length 1; }
            location /two-connections-503/ { limit_conn few 2; limit_conn_status 503; }
            location /two-connections-429/ { limit_conn few 2; limit_conn_status 429; }
            location /forbidden/ { deny all; }
            location /mlhub/v1/ { default_type application/json; return 200 '{"id":"of the hub","collections":[]}'; }
            location /mlhub/v1/datasets/moved { return 302 /mlhub/v1/datasets/..%2f..%2f..%2fother/x?key=$arg_key; }
            location /other/ { default_type application/json; return 200 '{"id":"of another service","collections":[]}'; }
          }
        }
        """;
}
