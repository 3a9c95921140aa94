using System.Globalization;
using System.Net.Http.Headers;

namespace MlHub.Hub.Tests;

/// <summary>s3rver, a server with the protocol of S3, with one bucket that everybody may list.</summary>
public sealed class S3Server : IAsyncLifetime
{
    private static readonly Lazy<string?> Reason = new(() => ChildServer.WhyNot("node", "Node") ?? (File.Exists(Program) ? null : "s3rver is not installed: run eng/test-servers"));
    private readonly int _port = ChildServer.FreePort();
    private ChildServer? _server;

    /// <summary>The reason why s3rver is not available, or null.</summary>
    public static string? WhyNot => Reason.Value;

    /// <summary>The place of a dataset in the bucket, as JSON.</summary>
    public string Place(string prefix) => $$"""{ "type": "s3", "url": "{{Bucket}}", "prefix": "{{prefix}}" }""";

    public Uri Bucket => new($"http://127.0.0.1:{_port}/datasets");

    private static string Program => Repository.Place("eng/s3rver/node_modules/s3rver/bin/s3rver.js");

    private string Home { get; } = Directory.CreateTempSubdirectory("mlhub-s3-").FullName;

    public async Task InitializeAsync()
    {
        if (WhyNot is null)
        {
            // s3rver makes its tokens with DES, which OpenSSL 3 has only as a legacy.
            _server = await ChildServer.StartAsync(
                _port, Home, "node", "--openssl-legacy-provider", Program, "--directory", Path.Combine(Home, "data"), "--address", "127.0.0.1", "--port", _port.ToString(CultureInfo.InvariantCulture), "--silent",
                "--no-vhost-buckets", "--configure-bucket", "datasets");
        }
    }

    public async Task PutAsync(string key, string content)
    {
        using var body = new StringContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using var http = new HttpClient();
        using var response = await http.PutAsync(new Uri($"{Bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}"), body);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Writes many objects where s3rver keeps them. A request for each would take longer than the test.</summary>
    public void PutMany(IEnumerable<string> keys)
    {
        foreach (var file in keys.Select(key => Path.Combine(Home, "data", "datasets", key)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText($"{file}._S3rver_object", "x");
            File.WriteAllText($"{file}._S3rver_object.md5", "9dd4e461268c8034f5c8564e155c67a6");
            File.WriteAllText($"{file}._S3rver_metadata.json", "{}");
        }
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(Home, recursive: true);
    }
}

/// <summary>A test against s3rver. It is skipped with a reason if s3rver is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class S3FactAttribute : FactAttribute
{
    public S3FactAttribute() => Skip = S3Server.WhyNot!;
}
