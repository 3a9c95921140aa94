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

    /// <summary>The error for a request without an accepted key, or null if its keys are accepted.</summary>
    public ErrorResponse? Refuse(HttpRequest request)
    {
        var given = Given(request);

        // A client that follows a next link may send its key twice. Two different keys are refused, and the response does not tell which one is accepted.
        return given.Count == 0 ? new ErrorResponse(StatusCodes.Status401Unauthorized, "Must provide API key or Bearer token to access this route.")
            : given.TrueForAll(IsAccepted) ? null
            : new ErrorResponse(StatusCodes.Status401Unauthorized, "Could not identify user from API key or Authentication header.");
    }

    /// <summary>The accepted key of a request, or null if it has none.</summary>
    public string? FindAccepted(HttpRequest request) => Given(request).Find(IsAccepted);

    private static List<string> Given(HttpRequest request) =>
        [.. request.Query["key"].OfType<string>().Where(key => key.Length > 0), .. BearerTokens(request.Headers.Authorization)];

    // All keys are compared, as hashes of equal length, so that the time of the comparison does not depend on the key.
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
