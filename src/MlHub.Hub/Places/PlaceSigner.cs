using System.Security.Cryptography;
using System.Text;

namespace MlHub.Hub.Places;

/// <summary>Adds a signature to addresses of a place that only its owner may read. Whoever has a signed address can read that one file until it expires.</summary>
internal abstract class PlaceSigner
{
    private const int TokenBytes = 16;

    private readonly byte[] _secret;

    /// <param name="secret">The secret of the owner.</param>
    /// <param name="place">The address of the place. A token is good for no other.</param>
    private protected PlaceSigner(byte[] secret, string place) => _secret = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"mlhub storage links\n{place}"));

    /// <summary>The address of a file or of a page of the listing, with a signature.</summary>
    /// <param name="address">The address.</param>
    /// <param name="now">The time from which on it can be used.</param>
    /// <param name="lifetime">How long it can be used. Whole seconds.</param>
    internal abstract Uri Sign(Uri address, DateTimeOffset now, TimeSpan lifetime);

    /// <summary>What nobody can guess about a file: it is a part of the link in items, which leads to the signed address. All servers with the same credentials make the same.</summary>
    internal string TokenOf(string file) => Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(file)).AsSpan(0, TokenBytes));

    internal bool IsTokenOf(string file, string token) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(TokenOf(file)), Encoding.UTF8.GetBytes(token));

    private protected static string Required(Func<string, string?> variable, string name, string what) =>
        variable(name) is { Length: > 0 } value ? value : throw new PlaceException($"a place with \"signed\" needs {what} in the variable {name}");
}
