using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MlHub.Sdk.Tests;

/// <summary>Certificates that are their own authority.</summary>
internal static class Certificates
{
    public static X509Certificate2 Create(string host, int daysLeft)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(daysLeft));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null);
    }

    /// <summary>Lets the sockets below a handler trust one certificate, before anything is sent.</summary>
    public static void Trust(HttpMessageHandler handler, X509Certificate2 certificate)
    {
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        ((SocketsHttpHandler)handler).SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { certificate },
            RevocationMode = X509RevocationMode.NoCheck,
        };
    }
}
