using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MlHub.Server;

/// <summary>The keys that a server accepts. Finding one of 10,000 takes as long as finding one of two.</summary>
/// <remarks>
/// The place of a key in the table is an HMAC of its hash with a secret of this object. Without the secret, nobody can choose keys that lead to the place of an accepted one, so the time of
/// the search says nothing about the accepted keys. The hash at that place is compared in constant time (docs/adr/0034).
/// </remarks>
internal sealed class ServerKeySet
{
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<UInt128, ServerKey> _keys = [];

    public ServerKeySet(IEnumerable<ServerKey> keys)
    {
        foreach (var key in keys)
        {
            _keys[PlaceOf(key.Hash)] = key;
        }
    }

    public int Count => _keys.Count;

    public ServerKey? Find(byte[] hash) => _keys.TryGetValue(PlaceOf(hash), out var key) && CryptographicOperations.FixedTimeEquals(key.Hash, hash) ? key : null;

    private UInt128 PlaceOf(byte[] hash)
    {
        Span<byte> place = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, hash, place);
        return BinaryPrimitives.ReadUInt128LittleEndian(place);
    }
}
