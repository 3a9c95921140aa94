using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>The keys that a server accepts, as the query parameter <c>key</c> or as a Bearer token.</summary>
/// <param name="keys">The keys of the options.</param>
/// <param name="file">The keys of a keys file; null if there is none.</param>
/// <param name="allowsAnonymous">Whether no request needs a key.</param>
/// <param name="time">The clock that tells which keys have expired.</param>
internal sealed class ApiKeys(IEnumerable<string> keys, WatchedFiles<ServerKeySet>? file, bool allowsAnonymous, TimeProvider time)
{
    private const string BearerPrefix = "Bearer ";

    private volatile ServerKeySet _keys = SetOf(keys);

    /// <summary>Whether no request needs a key.</summary>
    public bool AllowsAnonymous => allowsAnonymous;

    /// <summary>Accepts these keys from now on, and no others but those of the file.</summary>
    public void Replace(IEnumerable<string> keys) => _keys = SetOf(keys);

    /// <summary>The error for a request without an accepted key, or null if its keys are accepted.</summary>
    public ErrorResponse? Refuse(HttpRequest request)
    {
        if (allowsAnonymous)
        {
            return null;
        }

        var given = Given(request);

        // A client that follows a next link may send its key twice. Two different keys are refused, and the response does not tell which one is accepted.
        return given.Found.Length == 0 ? new ErrorResponse(StatusCodes.Status401Unauthorized, "Must provide API key or Bearer token to access this route.")
            : given.Found.All(key => key is not null) ? null
            : new ErrorResponse(StatusCodes.Status401Unauthorized, "Could not identify user from API key or Authentication header.");
    }

    /// <summary>The accepted key of a request, or null if it has none.</summary>
    public ServerKey? FindAccepted(HttpRequest request) => Given(request).Found.FirstOrDefault(key => key is not null);

    // A request is asked for its keys several times. They are looked up once, so that a change of the keys file does not divide a request.
    private GivenKeys Given(HttpRequest request)
    {
        var features = request.HttpContext.Features;
        if (features.Get<GivenKeys>() is not { } given)
        {
            given = new GivenKeys([.. Texts(request).Select(Find)]);
            features.Set(given);
        }

        return given;
    }

    private static IEnumerable<string> Texts(HttpRequest request) =>
        [.. request.Query["key"].OfType<string>().Where(key => key.Length > 0), .. BearerTokens(request.Headers.Authorization)];

    private ServerKey? Find(string text)
    {
        var hash = ServerKey.HashOf(text);
        return (_keys.Find(hash) ?? file?.Current.Find(hash)) is { } key && !key.IsExpired(time.GetUtcNow()) ? key : null;
    }

    private static ServerKeySet SetOf(IEnumerable<string> keys) => new(keys.Select(key => new ServerKey { Hash = ServerKey.HashOf(key) }));

    private static IEnumerable<string> BearerTokens(IEnumerable<string?> headers) => headers.OfType<string>()
        .Where(header => header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        .Select(header => header[BearerPrefix.Length..].Trim());

    /// <summary>The accepted keys of a request, and null for each that is not accepted.</summary>
    private sealed record GivenKeys(ServerKey?[] Found);
}
