namespace MlHub.Sdk;

/// <summary>
/// Knows the key and the one place where it may go: the query parameter <c>key</c> of requests under the root URL, over https or to loopback. It takes the
/// key out of everything else that this library says.
/// </summary>
internal sealed class ApiKeyGuard
{
    /// <summary>The source of a key that the caller gave.</summary>
    public const string Given = "the API key that was given";

    private const string Parameter = "key";

    private readonly ApiKey? _key;
    private readonly string? _source;
    private readonly Uri _root;
    private readonly bool _allowsHttp;
    private readonly Secret? _secret;

    /// <param name="key">The key; null where none is sent.</param>
    /// <param name="source">Where the key is from; see <see cref="MlHubSettings.ApiKeySource"/>.</param>
    /// <param name="root">The root URL, in the form of <see cref="RootUrls"/>.</param>
    /// <param name="allowsHttp">Whether the key may go over plain http to a host other than loopback.</param>
    public ApiKeyGuard(ApiKey? key, string? source, Uri root, bool allowsHttp)
    {
        (_key, _source, _root, _allowsHttp) = (key, source, root, allowsHttp);
        _secret = key is null ? null : new Secret(key.Reveal());
    }

    public bool HasKey => _key is not null;

    /// <summary>What to call the key in a message: by the place that it is from. A refused key is mended there.</summary>
    public string KeyName => _source switch
    {
        null or Given => "The API key that was given",
        MlHubSettings.ApiKeyVariable => $"The API key in {_source}",
        _ => $"The API key of {_source}",
    };

    /// <summary>What to do about a key that was refused, as the end of a sentence.</summary>
    public string RefusedKeyAdvice => _key?.IsQuoted == true
        ? "it begins or ends with a quotation mark, which was sent as a part of it: give it without the quotes"
        : "give another one";

    /// <summary>True where the key goes with a request for <paramref name="url"/>.</summary>
    public bool Admits(Uri url) => _key is not null && IsUnderRoot(url) && (_allowsHttp || ApiKey.MayTravelTo(url));

    /// <inheritdoc cref="RootPath.Includes"/>
    public bool IsUnderRoot(Uri url) => RootPath.Includes(_root, url);

    /// <summary>
    /// The address to really send to: with the key once where it is admitted, whatever key it carried; elsewhere without the key,
    /// even where a server echoed it into a link or a redirect.
    /// </summary>
    /// <exception cref="MlHubException">The key is in a part of the address from which it cannot be taken.</exception>
    public Uri Address(Uri url)
    {
        if (_key is null)
        {
            return url;
        }

        var admitted = Admits(url);
        var parameters = Parameters(url);
        var kept = parameters.Where(parameter => !(admitted ? IsNamedKey(parameter) : HoldsKey(parameter))).ToList();
        Refuse(url, admitted ? url.AbsolutePath : $"{url.UserInfo}@{url.Host}{url.AbsolutePath}?{string.Join('&', kept)}{url.Fragment}");
        if (admitted)
        {
            kept.Add($"{Parameter}={Uri.EscapeDataString(_key.Reveal())}");
        }

        return kept.Count == parameters.Length && !admitted ? url : WithQuery(url, kept);
    }

    /// <summary>The address without a key that a server wrote into it.</summary>
    public Uri WithoutKey(Uri url)
    {
        var parameters = Parameters(url);
        var kept = parameters.Where(parameter => !IsNamedKey(parameter) && !HoldsKey(parameter)).ToList();
        return kept.Count == parameters.Length ? url : WithQuery(url, kept);
    }

    /// <summary><paramref name="text"/> with the key replaced by <c>***</c>; all of it, where the key is there in a spelling that hides it.</summary>
    public string Scrub(string text) => _secret?.Scrub(text) ?? text;

    /// <summary>Whether the key is in a text, in any of the spellings that <see cref="Secret"/> knows.</summary>
    public bool Holds(string text) => _secret?.IsIn(text) == true;

    /// <inheritdoc cref="KeylessException.Of"/>
    public Exception Scrub(Exception exception) => _secret is null ? exception : KeylessException.Of(exception, Scrub);

    /// <inheritdoc cref="KeylessException.Of"/>
    public MlHubException Scrub(MlHubException exception) => (MlHubException)Scrub((Exception)exception);

    private static string[] Parameters(Uri url) => url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsNamedKey(string parameter) => Decode(parameter.Split('=', 2)[0]) == Parameter;

    private bool HoldsKey(string parameter) => parameter.Split('=', 2) is [_, var value] && Decode(value) == _key?.Reveal();

    private static string Decode(string value) => Uri.UnescapeDataString(value.Replace('+', ' '));

    private static Uri WithQuery(Uri url, List<string> parameters)
    {
        var path = ExactUri.WithoutQuery(url);
        return ExactUri.Create(parameters.Count == 0 ? path : $"{path}?{string.Join('&', parameters)}");
    }

    /// <summary>A login wall redirects to <c>/login?return_to=…key=…</c>: there the key cannot be taken out, and so the request is not sent.</summary>
    private void Refuse(Uri url, string address)
    {
        if (Holds(address))
        {
            throw new MlHubException(
                $"A request to {Scrub(url.Host)} was given up: the API key stands in its address, and the key goes nowhere but to the API.");
        }
    }
}
