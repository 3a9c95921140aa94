using System.Security.Cryptography;
using System.Text;

namespace MlHub.Server;

/// <summary>A key that a server accepts, as its SHA-256.</summary>
internal sealed class ServerKey
{
    private string? _id;

    /// <summary>The name in the keys file; null for a key of the options.</summary>
    public string? Name { get; init; }

    public required byte[] Hash { get; init; }

    public DateOnly Created { get; init; }

    /// <summary>The last day on which it is accepted, in UTC; null if it does not expire.</summary>
    public DateOnly? Expires { get; init; }

    /// <summary>The hash as text. It tells keys apart and reveals none.</summary>
    public string Id => _id ??= Convert.ToHexStringLower(Hash);

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public bool IsExpired(DateTimeOffset now) => Expires < DateOnly.FromDateTime(now.UtcDateTime);
}
