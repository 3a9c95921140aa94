namespace MlHub.Sdk;

/// <summary>
/// Holds the API key and the rule where it may be sent: only as the query parameter <c>key</c> of requests under the root URL, over https or to loopback. It
/// removes the key from all messages, logs and addresses of this library.
/// </summary>
internal sealed class ApiKeyGuard
{
    private const string Parameter = "key";

    private readonly ApiKey? _key;
    private readonly Uri _root;
    private readonly bool _allowsHttp;
    private readonly Secret? _secret;

    /// <param name="key">The key. Null if none is sent.</param>
    /// <param name="root">The root URL, normalized by <see cref="RootUrls"/>.</param>
    /// <param name="allowsHttp">Whether the key may be sent over plain http to a host other than loopback.</param>
    public ApiKeyGuard(ApiKey? key, Uri root, bool allowsHttp = false)
    {
        (_key, _root, _allowsHttp) = (key, root, allowsHttp);
        _secret = key is null ? null : new Secret(key.Reveal());
    }

    public bool HasKey => _key is not null;

    /// <summary>Advice about a refused key, as the end of a sentence.</summary>
    public string RefusedKeyAdvice => _key?.IsQuoted == true
        ? "it begins or ends with a quotation mark, which was sent as part of the key: remove the quotation marks"
        : "give another one";

    /// <summary>Whether the key is sent with a request for <paramref name="url"/>.</summary>
    public bool Admits(Uri url) => _key is not null && IsUnderRoot(url) && (_allowsHttp || ApiKey.MayBeSentTo(url));

    /// <inheritdoc cref="RootPath.Includes"/>
    public bool IsUnderRoot(Uri url) => RootPath.Includes(_root, url);

    /// <summary>
    /// Returns the address to send a request to. If the key is allowed there, the address contains it exactly once, regardless of the key it had. Otherwise the
    /// key is removed, even if a server put it into a link or a redirect.
    /// </summary>
    /// <exception cref="MlHubException">The key is in a part of the address from which it cannot be removed.</exception>
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

    /// <summary>The address without a key that a server put into it.</summary>
    public Uri WithoutKey(Uri url)
    {
        var parameters = Parameters(url);
        var kept = parameters.Where(parameter => !IsNamedKey(parameter) && !HoldsKey(parameter)).ToList();
        return kept.Count == parameters.Length ? url : WithQuery(url, kept);
    }

    /// <summary>
    /// <paramref name="text"/> with the key replaced by <c>***</c>. If the exact place of the key is unclear because of its encoding, the whole text is
    /// replaced.
    /// </summary>
    public string Scrub(string text) => _secret?.Scrub(text) ?? text;

    /// <summary>Whether a text contains the key, in any of the encodings that <see cref="Secret"/> recognizes.</summary>
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

    /// <summary>A login wall may redirect to <c>/login?return_to=…key=…</c>. The key cannot be removed there, so the request is not sent.</summary>
    private void Refuse(Uri url, string address)
    {
        if (Holds(address))
        {
            throw new MlHubException(
                $"A request to {Scrub(url.Host)} was not sent: its address contains the API key, and the key may be sent only to the API.");
        }
    }
}
