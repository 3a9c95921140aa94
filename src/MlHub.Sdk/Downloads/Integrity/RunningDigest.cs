using System.Security.Cryptography;

namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>A digest that is computed incrementally, from the first byte of a file.</summary>
internal abstract class RunningDigest : IDisposable
{
    internal abstract DigestAlgorithm Algorithm { get; }

    internal static RunningDigest Start(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => new Cryptographic(algorithm, HashAlgorithmName.MD5),
        DigestAlgorithm.Sha1 => new Cryptographic(algorithm, HashAlgorithmName.SHA1),
        DigestAlgorithm.Sha256 => new Cryptographic(algorithm, HashAlgorithmName.SHA256),
        DigestAlgorithm.Sha512 => new Cryptographic(algorithm, HashAlgorithmName.SHA512),
        DigestAlgorithm.Crc32 => new RunningCrc32(),
        DigestAlgorithm.Crc32C => new RunningCrc32C(),
        _ => new RunningCrc64Nvme(),
    };

    internal abstract void Append(ReadOnlySpan<byte> bytes);

    internal abstract FileDigest Finish();

    public virtual void Dispose()
    {
    }

    // Servers send MD5 and SHA-1. Here they protect against corruption, not against forgery.
    private sealed class Cryptographic(DigestAlgorithm algorithm, HashAlgorithmName name) : RunningDigest
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(name);

        internal override DigestAlgorithm Algorithm => algorithm;

        internal override void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        internal override FileDigest Finish()
        {
            Span<byte> value = stackalloc byte[64];
            return new FileDigest(algorithm, value[.._hash.GetHashAndReset(value)]);
        }

        public override void Dispose()
        {
            _hash.Dispose();
            base.Dispose();
        }
    }
}
