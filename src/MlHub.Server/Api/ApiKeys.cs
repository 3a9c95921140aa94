using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>The keys that a server accepts, as the query parameter <c>key</c> or as a Bearer token.</summary>
internal sealed class ApiKeys(IEnumerable<string> keys)
{
    private const string BearerPrefix = "Bearer ";

    private volatile byte[][] _hashes = [.. keys.Select(Hash)];

    /// <summary>Accepts these keys from now on, and no others.</summary>
    public void Replace(IEnumerable<string> keys) => _hashes = [.. keys.Select(Hash)];

    /// <summary>Why the keys of a request do not open what is behind a key, or null where they do.</summary>
    public Failure? Refuse(HttpRequest request)
    {
        var given = Given(request);

        // A client that follows a next link may send its key twice. Two different keys are refused, and the answer does not tell which one is good.
        return given.Count == 0 ? new Failure(StatusCodes.Status401Unauthorized, "Must provide API key or Bearer token to access this route.")
            : given.TrueForAll(IsAccepted) ? null
            : new Failure(StatusCodes.Status401Unauthorized, "Could not identify user from API key or Authentication header.");
    }

    /// <summary>The accepted key of a request, or null where it has none.</summary>
    public string? AcceptedOf(HttpRequest request) => Given(request).Find(IsAccepted);

    private static List<string> Given(HttpRequest request) =>
        [.. request.Query["key"].OfType<string>().Where(key => key.Length > 0), .. BearerTokens(request.Headers.Authorization)];

    // All keys are compared, and hashes of one length: how long it takes tells neither how much of a key was right nor how long it is.
    private bool IsAccepted(string key)
    {
        var hash = Hash(key);
        return _hashes.Aggregate(false, (found, accepted) => found | CryptographicOperations.FixedTimeEquals(accepted, hash));
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static IEnumerable<string> BearerTokens(IEnumerable<string?> headers) => headers.OfType<string>()
        .Where(header => header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        .Select(header => header[BearerPrefix.Length..].Trim());
}
