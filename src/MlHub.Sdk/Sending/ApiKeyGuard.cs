namespace MlHub.Sdk;

/// <summary>
/// Holds the API key and the rule where it may be sent: only as the query parameter <c>key</c> of requests under the root URL, over https or to loopback. It
/// removes the key from all messages, logs and addresses of this library.
/// </summary>
internal sealed class ApiKeyGuard
{
    /// <summary>The source of a key that the caller gave.</summary>
    public const string Given = "the API key that was given";

    private const string Parameter = "key";
    private const int MostKnown = 3;

    private readonly Uri _root;
    private readonly bool _allowsHttp;
    private volatile string? _source;

    // Replaced as a whole: a request sees one key from its beginning to its end.
    private volatile Keys _keys;

    /// <param name="key">The key. Null if none is sent.</param>
    /// <param name="source">The source of the key; see <see cref="MlHubSettings.ApiKeySource"/>.</param>
    /// <param name="root">The root URL, normalized by <see cref="RootUrls"/>.</param>
    /// <param name="allowsHttp">Whether the key may be sent over plain http to a host other than loopback.</param>
    /// <param name="given">The setting that a key of the caller comes from. Null if it is unknown.</param>
    public ApiKeyGuard(ApiKey? key, string? source, Uri root, bool allowsHttp, string? given = null)
    {
        (_source, _root, _allowsHttp, GivenName) = (source, root, allowsHttp, given is null ? "The API key that was given" : $"The API key in {given}");
        _keys = new Keys(key, key is null ? [] : [new Known(key)]);
    }

    public bool HasKey => _keys.Current is not null;

    /// <summary>The subject of a message about a key that the caller gave.</summary>
    public string GivenName { get; }

    /// <summary>The subject of a message about the key. It names the source, because a refused key has to be changed there.</summary>
    public string KeyName => _source switch
    {
        null or Given => GivenName,
        MlHubSettings.ApiKeyVariable => $"The API key in {_source}",
        _ => $"The API key of {_source}",
    };

    /// <summary>Advice about a refused key, as the end of a sentence.</summary>
    public string RefusedKeyAdvice => _keys.Current?.IsQuoted == true
        ? "it begins or ends with a quotation mark, which was sent as part of the key: remove the quotation marks"
        : "give another one";

    /// <summary>Whether the key is sent with a request for <paramref name="url"/>.</summary>
    public bool Admits(Uri url) => HasKey && IsUnderRoot(url) && (_allowsHttp || ApiKey.MayBeSentTo(url));

    /// <summary>Sends another key from now on. The former keys are still removed from all text: responses to earlier requests may contain them.</summary>
    public void Replace(ApiKey key)
    {
        var known = _keys.Known.Where(other => other.Text != key.Reveal()).Take(MostKnown - 1);
        _keys = new Keys(key, [new Known(key), .. known]);
        _source = Given;
    }

    /// <inheritdoc cref="RootPath.Includes"/>
    public bool IsUnderRoot(Uri url) => RootPath.Includes(_root, url);

    /// <summary>The path of an address below the root URL. Null if it is not under it.</summary>
    public string? PathUnderRoot(Uri? url) =>
        url is not null && IsUnderRoot(url) ? url.AbsolutePath[Math.Min(_root.AbsolutePath.Length, url.AbsolutePath.Length)..] : null;

    /// <summary>Whether an address is one of the lists that every hub has.</summary>
    public bool IsListUnderRoot(Uri? url) => PathUnderRoot(url) is "datasets" or "collections" or "models";

    /// <summary>Whether an address is that of the search of a hub.</summary>
    public bool IsSearch(Uri? url) => PathUnderRoot(url) is "search";

    /// <summary>
    /// Returns the address to send a request to. If the key is allowed there, the address contains it exactly once, regardless of the key it had. Otherwise the
    /// key is removed, even if a server put it into a link or a redirect.
    /// </summary>
    /// <exception cref="MlHubException">The key is in a part of the address from which it cannot be removed.</exception>
    public Uri Address(Uri url)
    {
        if (_keys.Current is not { } key)
        {
            return url;
        }

        var admitted = Admits(url);
        var parameters = Parameters(url);
        var kept = parameters.Where(parameter => !(admitted ? IsNamedKey(parameter) : HoldsKey(parameter))).ToList();
        Refuse(url, admitted ? url.AbsolutePath : $"{url.UserInfo}@{url.Host}{url.AbsolutePath}?{string.Join('&', kept)}{url.Fragment}");
        if (admitted)
        {
            kept.Add($"{Parameter}={Uri.EscapeDataString(key.Reveal())}");
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
    public string Scrub(string text) => _keys.Known.Aggregate(text, static (kept, key) => key.Secret.Scrub(kept));

    /// <summary>Whether a text contains the key, in any of the encodings that <see cref="Secret"/> recognizes.</summary>
    public bool Holds(string text)
    {
        // All headers of all responses come here, so there is no closure.
        foreach (var key in _keys.Known)
        {
            if (key.Secret.IsIn(text))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc cref="KeylessException.Of"/>
    public Exception Scrub(Exception exception) => _keys.Known.Length == 0 ? exception : KeylessException.Of(exception, Scrub);

    /// <inheritdoc cref="KeylessException.Of"/>
    public MlHubException Scrub(MlHubException exception) => (MlHubException)Scrub((Exception)exception);

    private static string[] Parameters(Uri url) => url.Query.Length == 0 ? [] : url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsNamedKey(string parameter) => Decode(parameter.Split('=', 2)[0]) == Parameter;

    private bool HoldsKey(string parameter) => parameter.Split('=', 2) is [_, var value] && Decode(value) is var decoded && Array.Exists(_keys.Known, key => key.Text == decoded);

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

    private sealed class Known(ApiKey key)
    {
        public string Text => key.Reveal();

        public Secret Secret { get; } = new(key.Reveal());
    }

    /// <param name="Current">The key that is sent; null where none is.</param>
    /// <param name="Known">What is taken out of everything: the current key and those before it.</param>
    private sealed record Keys(ApiKey? Current, Known[] Known);
}
