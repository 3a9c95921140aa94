using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Snapshooter.Xunit;

namespace MlHub.Cli.Tests;

/// <summary><c>mlhub serve</c> for other machines.</summary>
public sealed class ServiceTests : IDisposable
{
    private const string Items = "/mlhub/v1/collections/sandbox_crops_kenya_s2/items?limit=1";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("127.0.0.2", "127.0.0.2")]
    [InlineData("0.0.0.0", null)]
    public async Task The_guide_names_an_address_that_the_server_can_be_reached_at(string listen, string? host)
    {
        await using var serve = await RunningServe.StartAsync("--listen", listen, "--api-key", Mlhub.Key);
        Assert.Equal(host ?? serve.Root.Host, serve.Root.Host);
        Assert.NotEqual("0.0.0.0", serve.Root.Host);

        var items = await Mlhub.RunAsync("items", "list", "sandbox_crops_kenya_s2", "--limit", "1", "--root-url", serve.Root.AbsoluteUri, "--api-key", Mlhub.Key);

        // A client does not send its key over http to an address of another machine, unless the user allows it.
        Assert.Equal(serve.Root.IsLoopback ? 0 : 3, items.ExitCode);
        using var client = new HttpClient();
        Assert.NotEmpty(await client.GetStringAsync(new Uri(serve.Root, "datasets")));
    }

    [Fact]
    public async Task Without_TLS_a_warning_says_that_keys_are_readable_and_the_guide_lets_clients_send_them()
    {
        await using var serve = await RunningServe.StartAsync("--listen", "0.0.0.0", "--host", "hub.example");
        Snapshot.Match(Regex.Replace(serve.Guide, ":[0-9]{2,5}/", ":PORT/"), "Serve.other machines");
        Assert.Equal(
            "mlhub: warning: keys are sent in clear text: add --certificate, or put the hub behind a proxy with TLS and name it with --public-url https://…",
            Assert.Single((await serve.StopAsync()).ErrorLines));
    }

    [Fact]
    public async Task Behind_a_proxy_with_TLS_the_guide_has_its_address_and_there_is_no_warning()
    {
        await using var serve = await RunningServe.StartAsync("--listen", "0.0.0.0", "--public-url", "https://hub.example/data");
        Assert.StartsWith("Serving the sandbox at https://hub.example/data/mlhub/v1/ until Ctrl-C.", serve.Guide, StringComparison.Ordinal);
        Assert.DoesNotContain("MLHUB_ALLOW_HTTP", serve.Guide, StringComparison.Ordinal);
        (await serve.StopAsync()).Quietly();
    }

    [Fact]
    public async Task With_a_certificate_https_is_served()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=hub.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(_directory["cert.pem"], certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(_directory["key.pem"], key.ExportPkcs8PrivateKeyPem());

        await using var serve = await RunningServe.StartAsync("--certificate", _directory["cert.pem"], "--certificate-key", _directory["key.pem"]);

        Assert.Equal("https", serve.Root.Scheme);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, given, _, _) => given?.Thumbprint == certificate.Thumbprint };
        using var client = new HttpClient(handler);
        Assert.NotEmpty(await client.GetStringAsync(new Uri(serve.Root, "datasets")));
        (await serve.StopAsync()).Quietly();
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_is_reported() =>
        Assert.Contains($"the certificate '{_directory["none"]}' cannot be used: there is no file '{_directory["none"]}'.", (await Mlhub.RunAsync("serve", "--certificate", _directory["none"])).FailedWith(1), StringComparison.Ordinal);

    [Fact]
    public async Task Keys_of_a_file_are_accepted_until_they_are_revoked()
    {
        var key = (await Mlhub.RunAsync("keys", "add", "alice", "--keys", _directory["keys"])).Lines.Single();
        await using var serve = await RunningServe.StartAsync("--keys", _directory["keys"], "--log-format", "text");
        Assert.Contains($"API key: any of those in '{_directory["keys"]}'.", serve.Guide, StringComparison.Ordinal);
        Assert.Equal((200, 401), (await serve.StatusAsync($"{Items}&key={key}"), await serve.StatusAsync($"{Items}&key=sandbox-key")));

        Assert.Equal(0, (await Mlhub.RunAsync("keys", "revoke", "alice", "--keys", _directory["keys"])).ExitCode);
        Assert.Equal(401, await serve.StatusAsync($"{Items}&key={key}"));

        var outcome = await serve.StopAsync();
        Assert.DoesNotContain(key, outcome.Error + outcome.Output, StringComparison.Ordinal);
        Assert.Contains(outcome.ErrorLines, line => line.EndsWith(", key alice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_keys_file_that_does_not_exist_is_reported_with_the_command_that_creates_it() =>
        Assert.Equal(
            $"mlhub: there is no keys file '{_directory["keys"]}'. \"mlhub keys add NAME --keys {_directory["keys"]}\" creates it.",
            (await Mlhub.RunAsync("serve", "--keys", _directory["keys"])).FailedWith(1));

    [Fact]
    public async Task Without_keys_everything_is_open_and_a_warning_says_so_if_other_machines_can_connect()
    {
        await using (var serve = await RunningServe.StartAsync("--no-key"))
        {
            Assert.Contains("API key: none is needed.", serve.Guide, StringComparison.Ordinal);
            Assert.Equal(200, await serve.StatusAsync(Items));
            (await serve.StopAsync()).Quietly();
        }

        await using var open = await RunningServe.StartAsync("--no-key", "--listen", "0.0.0.0");
        Assert.DoesNotContain("MLHUB_ALLOW_HTTP", open.Guide, StringComparison.Ordinal);
        Assert.Contains("everybody who can connect to 0.0.0.0 can read all items and files", Assert.Single((await open.StopAsync()).ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_has_a_line_of_JSON_for_each_request_and_message_without_keys()
    {
        await using var serve = await RunningServe.StartAsync("--log-format", "json", "--listen", "0.0.0.0", "--api-key", Mlhub.Key);
        Assert.Equal(200, await serve.StatusAsync($"{Items}&key={Mlhub.Key}"));
        Assert.Equal(404, await serve.StatusAsync("/mlhub/v1/datasets/%0Aforged"));
        Assert.Equal(200, await serve.StatusAsync("/healthz"));

        var lines = (await serve.StopAsync()).ErrorLines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();

        Assert.Equal(["information", "information", "warning"], lines.Select(line => line.GetProperty("level").GetString()).Order(StringComparer.Ordinal));
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", line.GetProperty("time").GetString()));
        var served = lines.Single(line => line.TryGetProperty("status", out var status) && status.GetInt32() == 200);
        Assert.Equal(("RequestServed", "GET", "/mlhub/v1/collections/sandbox_crops_kenya_s2/items", "unnamed"), (Text("event"), Text("method"), Text("path"), Text("key")));
        Assert.True(served.GetProperty("bytes").GetInt64() > 100 && served.GetProperty("milliseconds").GetDouble() >= 0);

        string? Text(string name) => served.GetProperty(name).GetString();
    }

    [UnixTheory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task A_signal_stops_the_server_with_0(PosixSignal signal)
    {
        // The warning is the last message before the server waits.
        using var process = MlHubProcess.Start("serve", "--port", "0", "--listen", "0.0.0.0", "--log-format", "json");
        await process.SaysAsync("keys are sent in clear text");
        process.Signal(signal);
        Assert.Equal(0, (await process.EndAsync()).Code);
    }

    [Fact]
    public async Task Limits_are_those_of_the_command_line()
    {
        await using var serve = await RunningServe.StartAsync("--requests-per-second", "1", "--downloads", "9", "--downloads-per-client", "9", "--max-connections", "9", "--min-rate", "0");
        var statuses = new List<int>();
        for (var request = 0; request < 20; request++)
        {
            statuses.Add(await serve.StatusAsync("/mlhub/v1/datasets"));
        }

        Assert.Equal(200, statuses[0]);
        Assert.Contains(429, statuses);
    }

    [Fact]
    public async Task Pages_of_other_origins_may_use_the_hub_if_they_are_allowed()
    {
        await using var serve = await RunningServe.StartAsync("--cors", "https://a.example", "--cors", "https://b.example");
        using var client = new HttpClient();
        foreach (var (origin, allowed) in new[] { ("https://a.example", true), ("https://b.example", true), ("https://c.example", false) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(serve.Root, "datasets"));
            request.Headers.Add("Origin", origin);
            using var response = await client.SendAsync(request);
            Assert.Equal(allowed, response.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task A_directory_is_ready_when_its_index_is_open()
    {
        (await Mlhub.RunAsync("--sandbox", "mirror", "sandbox_crops_kenya", "--output", _directory.Path)).Quietly();
        await using var serve = await RunningServe.StartAsync(_directory.Path);
        Assert.Equal(((int)HttpStatusCode.OK, (int)HttpStatusCode.OK), (await serve.StatusAsync("/healthz"), await serve.StatusAsync("/readyz")));
    }
}
