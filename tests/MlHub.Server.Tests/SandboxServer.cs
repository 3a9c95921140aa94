using System.Net.Http.Headers;
using System.Text.Json;
using MlHub.Sandbox;

namespace MlHub.Server.Tests;

/// <summary>One sandbox for the tests of a class, and a client that neither follows redirects nor hides anything.</summary>
public sealed class SandboxServer : IAsyncLifetime
{
    /// <summary>The host that requests name, so that answers do not depend on the port.</summary>
    public const string Host = "sandbox.mlhub.test";

    /// <summary>The key of the sandbox, for any server.</summary>
    public static readonly MlHubServerOptions Keys = new() { ApiKeys = [MlHubSandbox.DefaultApiKey] };

    private DescribedServer? _server;
    private HttpClient? _client;

    public DescribedServer Server => _server!;

    public async Task InitializeAsync()
    {
        _server = await DescribedServer.StartAsync(new MlHubServerOptions { Hosts = [Host] });
        _client = ClientOf(_server.RootUrl);
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        await Server.DisposeAsync();
    }

    public static HttpClient ClientOf(Uri rootUrl) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = rootUrl, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Asks for a path relative to the root, or from <c>/</c> relative to the host.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        // Only this option leaves %2E%2E and the like in the path as they are.
        var url = path.StartsWith('/') ? $"http://{Server.RootUrl.Authority}{path}" : Server.RootUrl + path;
        using var request = new HttpRequestMessage(method, new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.Host = Host;
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await _client!.SendAsync(request);
    }

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using var response = await GetAsync(path);
        Assert.Equal(200, (int)response.StatusCode);
        return await ReadJsonAsync(response);
    }

    /// <summary>Status, media type and body, for a snapshot.</summary>
    public async Task<string> DescribeAsync(string path)
    {
        using var response = await GetAsync(path);
        var json = JsonSerializer.Serialize(await ReadJsonAsync(response), Indented);
        return $"{(int)response.StatusCode} {response.Content.Headers.ContentType}\n\n{json}\n";
    }

    public async Task<(int Status, string? Detail)> FailAsync(string path, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(method ?? HttpMethod.Get, path, headers);
        Assert.Equal(new MediaTypeHeaderValue("application/json"), response.Content.Headers.ContentType);
        var body = await ReadJsonAsync(response);
        Assert.Equal("detail", Assert.Single(body.EnumerateObject()).Name);
        return ((int)response.StatusCode, body.GetProperty("detail").GetString());
    }

    public static async Task<JsonElement> ReadJsonAsync(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return document.RootElement.Clone();
    }

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
