using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MlHub.Server;

/// <summary>A certificate with its private key and the certificates of its issuers.</summary>
/// <param name="Context">What TLS sends and signs with.</param>
/// <param name="Hosts">The host names of the certificate, without patterns such as <c>*.example.org</c>.</param>
/// <param name="Expires">The end of its validity.</param>
internal sealed record ServerCertificate(SslStreamCertificateContext Context, IReadOnlyList<string> Hosts, DateTimeOffset Expires)
{
    /// <summary>Reads the files.</summary>
    /// <exception cref="InvalidDataException">The files cannot be used. The message says why.</exception>
    public static ServerCertificate Read(MlHubServerCertificate files)
    {
        try
        {
            var password = files.PasswordPath is { } path ? File.ReadLines(path).FirstOrDefault("").Trim() : null;
            var chain = IsPem(files.Path) ? ReadPem(files, password) : X509CertificateLoader.LoadPkcs12CollectionFromFile(files.Path, password);
            var own = chain.FirstOrDefault(certificate => certificate.HasPrivateKey)
                ?? throw new InvalidDataException($"The certificate '{files.Path}' has no private key.");
            var hosts = own.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).Where(name => !name.StartsWith('*'));
            return new ServerCertificate(SslStreamCertificateContext.Create(own, [.. chain.Where(certificate => certificate != own)], offline: true), [.. hosts], own.NotAfter);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The certificate '{files.Path}' cannot be used: {Reason(error)}.", error);
        }
    }

    private static string Reason(Exception error) => error switch
    {
        FileNotFoundException { FileName: { } missing } => $"there is no file '{missing}'",

        // A wrong password, and damaged content, are the same error to .NET on some systems.
        CryptographicException or ArgumentException => "it is damaged, its password is wrong, or the key is not that of the certificate",
        _ => FileErrors.Reason(error),
    };

    private static bool IsPem(string path)
    {
        using var reader = new StreamReader(path);
        var start = new char[4096];
        return start.AsSpan(0, reader.ReadBlock(start)).Contains("-----BEGIN ", StringComparison.Ordinal);
    }

    private static X509Certificate2Collection ReadPem(MlHubServerCertificate files, string? password)
    {
        using var read = password is null
            ? X509Certificate2.CreateFromPemFile(files.Path, files.KeyPath)
            : X509Certificate2.CreateFromEncryptedPemFile(files.Path, password, files.KeyPath);

        // The TLS of Windows cannot use a key that is only in memory, which is how PEM files are read.
        var own = X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(files.Path);
        return [own, .. chain.Where(certificate => certificate.Thumbprint != own.Thumbprint)];
    }
}
