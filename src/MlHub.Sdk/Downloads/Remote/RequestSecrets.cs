namespace MlHub.Sdk.Downloads.Remote;

/// <summary>
/// What a download sends that no message may show, though servers echo it: the values of the caller's headers, and the user information
/// and the query of every address on its way.
/// </summary>
internal sealed class RequestSecrets(DownloadRequest request, Func<string, string> scrub)
{
    /// <summary>A value of fewer characters is no secret, and would be found everywhere.</summary>
    private const int LeastLength = 6;

    /// <summary>A value of so many characters may be one, whatever its name.</summary>
    private const int Suspicious = 12;

    /// <summary>As many addresses as are remembered: a long download has a new signature every few minutes.</summary>
    private const int MostAddresses = 16;

    private readonly Lock _lock = new();
    private readonly Queue<Uri> _addresses = new();

    /// <summary>Notes an address that something is asked of.</summary>
    internal void Know(Uri url)
    {
        lock (_lock)
        {
            if (url.Query.Length + url.UserInfo.Length == 0 || _addresses.Contains(url))
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

    /// <summary>A server's words, or a library's about them, without any of it.</summary>
    internal string Scrub(string words)
    {
        words = scrub(words);
        foreach (var secret in All())
        {
            words = new Secret(secret).Scrub(words);
        }

        return words;
    }

    private string[] All()
    {
        lock (_lock)
        {
            return [.. _addresses.SelectMany(InAddress)
                .Concat(request.Headers.SelectMany(header => InHeader(header.Value)))
                .Where(secret => secret.Length >= LeastLength)
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(secret => secret.Length)];
        }
    }

    private static IEnumerable<string> InAddress(Uri url)
    {
        var query = url.Query.TrimStart('?');
        return [query, url.UserInfo, .. url.UserInfo.Split(':'), .. query.Split('&').SelectMany(InParameter)];
    }

    // A word such as "dataset" is none, unless its name says so.
    private static IEnumerable<string> InParameter(string parameter)
    {
        var value = parameter.Split('=', 2)[^1];
        return value.Length >= Suspicious || (value.Any(char.IsAsciiDigit) && value.Any(char.IsAsciiLetter)) || AddressMark.SaysWhoMay(parameter)
            ? [Uri.UnescapeDataString(value), Uri.UnescapeDataString(value.Replace('+', ' '))]
            : [];
    }

    // Of "Bearer x", x alone may be echoed as well.
    private static IEnumerable<string> InHeader(string value) => [value, value.Split(' ', 2)[^1]];
}
