using System.Security.Cryptography;
using System.Text;

namespace MlHub.Server;

/// <summary>The keys that a server accepts.</summary>
internal sealed class ApiKeys(IEnumerable<string> keys)
{
    private readonly byte[][] _keys = [.. keys.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whether the key is accepted. The time that this takes does not tell how much of the key was right.</summary>
    public bool Contains(string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return _keys.Aggregate(false, (found, accepted) => found | CryptographicOperations.FixedTimeEquals(accepted, bytes));
    }
}
