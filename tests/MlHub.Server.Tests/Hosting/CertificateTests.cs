using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MlHub.Server.Tests.Hosting;

/// <summary>TLS with a certificate from files, which may change.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task With_a_certificate_a_server_uses_https_and_the_names_of_the_certificate()
    {
        using var certificate = WritePem("hub.example");
        await using var server = await StartAsync(Pem);
        Assert.Matches(@"^https://127\.0\.0\.1:[1-9][0-9]*/mlhub/v1/$", server.RootUrl.OriginalString);

        Assert.Contains($"\"https://127.0.0.1:{server.RootUrl.Port}/mlhub/v1/collections/c/items\"", await AskAsync(server, certificate), StringComparison.Ordinal);
        Assert.Contains("\"https://hub.example/mlhub/v1/collections/c/items\"", await AskAsync(server, certificate, "hub.example"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(server, certificate, "other.example"));
    }

    [Fact]
    public async Task Files_are_sent_encrypted_whole_and_in_parts()
    {
        using var certificate = WritePem("hub.example");
        var content = RandomNumberGenerator.GetBytes(3 << 20);
        await File.WriteAllBytesAsync(_directory["archive"], content);
        await using var server = await MlHubServer.StartAsync(
            new OneItemHub("c", "i") { ArchiveFile = HubFile.FromDisk(_directory["archive"], "application/gzip") }, new MlHubServerOptions { Certificate = Pem });
        using var client = ClientOf(server, certificate);
        Assert.Equal(content, await client.GetByteArrayAsync("/storage/mlhub/archives/c.tar.gz"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/storage/mlhub/archives/c.tar.gz") { Headers = { Range = new(1 << 20, (2 << 20) - 1) } };
        using var part = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(content[(1 << 20)..(2 << 20)], await part.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_port_with_a_certificate_refuses_plain_http()
    {
        using var certificate = WritePem("hub.example");
        await using var server = await StartAsync(Pem);
        using var client = SandboxServer.ClientOf(new UriBuilder(server.RootUrl) { Scheme = "http" }.Uri);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("datasets"));
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_without_a_restart_and_a_damaged_one_is_not()
    {
        using var first = WritePem("first.example");
        using var log = new LogLines();
        await using var server = await StartAsync(Pem, log);
        Assert.Equal(first.Thumbprint, await ThumbprintAsync(server));

        using var second = WritePem("second.example", DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal(second.Thumbprint, await ThumbprintAsync(server));
        Assert.Single(log.Written, line => line.StartsWith("The certificate has changed. The new one expires at ", StringComparison.Ordinal));
        Assert.NotEmpty(await AskAsync(server, second, "second.example"));

        // A key that belongs to another certificate: the first of two files that are replaced.
        await File.WriteAllTextAsync(_directory["key.pem"], RSA.Create(2048).ExportPkcs8PrivateKeyPem());
        Assert.Equal(second.Thumbprint, await ThumbprintAsync(server));
        Assert.Equal(second.Thumbprint, await ThumbprintAsync(server));
        Assert.Single(log.Written, line => line.StartsWith("The certificate has changed and cannot be used, so the former one stays in use. ", StringComparison.Ordinal));

        using var third = WritePem("third.example", DateTimeOffset.UtcNow.AddSeconds(2));
        Assert.Equal(third.Thumbprint, await ThumbprintAsync(server));
    }

    [Fact]
    public async Task The_certificates_of_issuers_are_sent()
    {
        var now = DateTimeOffset.UtcNow;
        using var rootKey = ECDsa.Create();
        var rootRequest = new CertificateRequest("CN=root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(9));
        using var middleKey = ECDsa.Create();
        var middleRequest = new CertificateRequest("CN=middle", middleKey, HashAlgorithmName.SHA256);
        middleRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var middle = middleRequest.Create(root, now.AddDays(-1), now.AddDays(8), [1]).CopyWithPrivateKey(middleKey);
        using var ownKey = ECDsa.Create();
        using var own = Request("hub.example", ownKey).Create(middle, now.AddDays(-1), now.AddDays(7), [2]);
        await File.WriteAllTextAsync(_directory["cert.pem"], $"{own.ExportCertificatePem()}\n{middle.ExportCertificatePem()}\n");
        await File.WriteAllTextAsync(_directory["key.pem"], ownKey.ExportPkcs8PrivateKeyPem());
        await using var server = await StartAsync(Pem);

        // The client trusts the root alone, and does not fetch what is missing.
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { root },
                    DisableCertificateDownloads = true,
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = server.RootUrl };
        client.DefaultRequestHeaders.Host = "hub.example";
        Assert.NotEmpty(await client.GetStringAsync("datasets"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_PFX_file_and_an_encrypted_key_are_read_with_their_password(bool pfx)
    {
        using var key = RSA.Create(2048);
        using var certificate = Request("hub.example", key).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        await File.WriteAllTextAsync(_directory["password"], "s3cr3t\n");
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        await File.WriteAllBytesAsync(_directory["cert.pfx"], certificate.ExportPkcs12(parameters, "s3cr3t"));
        await File.WriteAllTextAsync(_directory["cert.pem"], $"{certificate.ExportCertificatePem()}\n{key.ExportEncryptedPkcs8PrivateKeyPem("s3cr3t", parameters)}\n");
        var files = new MlHubServerCertificate { Path = _directory[pfx ? "cert.pfx" : "cert.pem"], PasswordPath = _directory["password"] };
        await using (var server = await StartAsync(files))
        {
            Assert.Equal(certificate.Thumbprint, await ThumbprintAsync(server));
        }

        await File.WriteAllTextAsync(_directory["password"], "wr0ng\n");
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(files));
        Assert.StartsWith($"The certificate '{files.Path}' cannot be used: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_a_certificate_is_an_error_at_the_start()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(Pem));
        await File.WriteAllTextAsync(_directory["cert.pem"], "no certificate");
        await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(Pem));
        using var certificate = WritePem("hub.example");
        await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(Pem with { KeyPath = null }));
    }

    [Fact]
    public async Task A_client_that_says_nothing_does_not_keep_others_from_connecting()
    {
        using var certificate = WritePem("hub.example");
        await using var server = await StartAsync(Pem);
        using var silent = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await silent.ConnectAsync(IPAddress.Loopback, server.RootUrl.Port);
        Assert.NotEmpty(await AskAsync(server, certificate));
    }

    private MlHubServerCertificate Pem => new() { Path = _directory["cert.pem"], KeyPath = _directory["key.pem"] };

    // The time of the files says that they are other ones.
    private X509Certificate2 WritePem(string host, DateTimeOffset? written = null)
    {
        using var key = RSA.Create(2048);
        var certificate = Request(host, key).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        foreach (var (name, text) in new[] { ("cert.pem", certificate.ExportCertificatePem()), ("key.pem", key.ExportPkcs8PrivateKeyPem()) })
        {
            File.WriteAllText(_directory[name], text);
            File.SetLastWriteTimeUtc(_directory[name], (written ?? DateTimeOffset.UtcNow).UtcDateTime);
        }

        return certificate;
    }

    private static CertificateRequest Request(string host, AsymmetricAlgorithm key)
    {
        var request = key is RSA rsa
            ? new CertificateRequest($"CN={host}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={host}", (ECDsa)key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private static Task<MlHubServer> StartAsync(MlHubServerCertificate certificate, LogLines? log = null) =>
        MlHubServer.StartAsync(new OneItemHub("c", "i"), new MlHubServerOptions { Certificate = certificate, LoggerFactory = log });

    private static HttpClient ClientOf(MlHubServer server, X509Certificate2 trusted) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, given, _, _) => given?.GetCertHashString() == trusted.GetCertHashString() },
    })
    { BaseAddress = server.RootUrl };

    private static async Task<string> AskAsync(MlHubServer server, X509Certificate2 trusted, string? host = null)
    {
        using var client = ClientOf(server, trusted);
        client.DefaultRequestHeaders.Host = host;
        return await client.GetStringAsync("collections/c");
    }

    private static async Task<string> ThumbprintAsync(MlHubServer server)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, server.RootUrl.Port);
        var thumbprint = "";
        await using var stream = new SslStream(connection.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "any",
            EnabledSslProtocols = SslProtocols.None,
            RemoteCertificateValidationCallback = (_, given, _, _) => (thumbprint = given?.GetCertHashString() ?? "").Length > 0,
        });
        return thumbprint;
    }
}
