using System.Collections.Concurrent;
using MlHub.Sdk.Downloads.Identity;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// The secrets that a download sends and that no message may contain, even if servers echo them: the values of the caller's headers, cookies, and the user
/// information and query of every requested address.
/// </summary>
internal sealed class RequestSecrets(DownloadRequest request, Cookies cookies, Func<string, string> scrub)
{
    // A shorter value would match everywhere, and is not a secret.
    private const int LeastLength = 6;

    // A value of this length may be a secret, regardless of its name.
    private const int MinSecretLength = 12;

    // A long download gets a new signature every few minutes.
    private const int MostAddresses = 16;

    private static readonly HashSet<string> SecretNames = new(
        ["password", "passwd", "pwd", "pass", "passphrase", "pin", "otp", "secret", "client_secret", "code", "assertion", "saml", "samlresponse", "jsessionid"], StringComparer.OrdinalIgnoreCase);

    private readonly Lock _lock = new();
    private Queue<Uri>? _addresses;

    // To prepare a secret costs more than to look for it.
    private ConcurrentDictionary<string, Secret>? _prepared;

    /// <summary>Records an address that a request is sent to.</summary>
    internal void Know(Uri url)
    {
        if (url.Query.Length + url.UserInfo.Length == 0)
        {
            return;
        }

        lock (_lock)
        {
            _addresses ??= new Queue<Uri>();
            if (_addresses.Contains(url))
            {
                return;
            }

            _addresses.Enqueue(url);
            if (_addresses.Count > MostAddresses)
            {
                _addresses.Dequeue();
            }
        }
    }

    /// <summary>Removes all secrets from a text of a server, or of a library that quotes a server.</summary>
    internal string Scrub(string words)
    {
        words = scrub(words);
        foreach (var secret in All())
        {
            words = (_prepared ??= new ConcurrentDictionary<string, Secret>(StringComparer.Ordinal)).GetOrAdd(secret, static value => new Secret(value)).Scrub(words);
        }

        return words;
    }

    private string[] All()
    {
        lock (_lock)
        {
            return [.. (_addresses ?? []).Append(request.Url).SelectMany(InAddress)
                .Concat(request.Headers.SelectMany(header => InHeader(header.Value)))
                .Concat(cookies.Values)
                .Where(secret => secret.Length >= LeastLength)
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(secret => secret.Length)];
        }
    }

    private static IEnumerable<string> InAddress(Uri url)
    {
        var query = url.Query.TrimStart('?');
        return [query, .. InUserInfo(url), .. query.Split('&').SelectMany(InParameter)];
    }

    private static IEnumerable<string> InUserInfo(Uri url) => url.UserInfo.Length == 0 ? []
        : [url.UserInfo, BasicCredentials.Of(url)!, .. url.UserInfo.Split(':', 2), .. url.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString)];

    // A word such as "dataset" is not a secret, unless the name of the parameter or header indicates one.
    private static IEnumerable<string> InParameter(string parameter)
    {
        var value = parameter.Split('=', 2)[^1];
        return value.Length >= MinSecretLength || (value.Any(char.IsAsciiDigit) && value.Any(char.IsAsciiLetter)) || AddressMark.IsAccessParameter(parameter) || SecretNames.Contains(parameter.Split('=', 2)[0])
            ? [Uri.UnescapeDataString(value), Uri.UnescapeDataString(value.Replace('+', ' '))]
            : [];
    }

    // Of "Bearer x", the server may echo only x.
    private static IEnumerable<string> InHeader(string value) => [value, value.Split(' ', 2)[^1]];
}
