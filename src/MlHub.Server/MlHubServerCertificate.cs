namespace MlHub.Server;

/// <summary>The files of a server's TLS certificate. They are read again after a change, so a renewed certificate needs no restart.</summary>
public sealed record MlHubServerCertificate
{
    /// <summary>The file with the certificate: PEM, with the certificates of its issuers after it, or PKCS #12 (PFX) with the private key.</summary>
    public required string Path { get; init; }

    /// <summary>The PEM file with the private key.</summary>
    /// <value>The default is <see langword="null"/>: the key is in <see cref="Path"/>.</value>
    public string? KeyPath { get; init; }

    /// <summary>The file whose first line is the password of the private key.</summary>
    /// <value>The default is <see langword="null"/>: the key has no password.</value>
    public string? PasswordPath { get; init; }
}
