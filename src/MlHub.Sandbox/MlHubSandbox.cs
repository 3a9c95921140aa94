using MlHub.Server;

namespace MlHub.Sandbox;

/// <summary>
/// A small, whole and realistic MLHub in this process: for tests, and to look around. It starts on a free port, its data is the same to the byte wherever it runs,
/// and it fails on demand.
/// </summary>
/// <example>
/// <code>
/// await using var hub = await MlHubSandbox.StartAsync();
/// using var client = new MlHubClient(new MlHubClientOptions { RootUrl = hub.RootUrl, ApiKey = hub.ApiKey });
/// hub.FailNext(503, times: 2);
/// </code>
/// </example>
public sealed class MlHubSandbox : IAsyncDisposable
{
    /// <summary>
    /// The key that a sandbox accepts when its options name none: <c>sandbox-key</c>, which no id and no text of the sandbox holds, so that a search for
    /// it finds only leaks.
    /// </summary>
    public const string DefaultApiKey = "sandbox-key";

    private readonly MlHubServer _server;
    private readonly ChangingHub _hub;
    private readonly Faults _faults;
    private readonly RequestJournal _requests;

    private MlHubSandbox(MlHubServer server, ChangingHub hub, Faults faults, RequestJournal requests)
    {
        _server = server;
        _hub = hub;
        _faults = faults;
        _requests = requests;
    }

    /// <summary>The root of the API, with a trailing slash: <c>http://127.0.0.1:PORT/mlhub/v1/</c>.</summary>
    public Uri RootUrl => _server.RootUrl;

    /// <summary>A key that the sandbox accepts.</summary>
    public string ApiKey => _server.ApiKey;

    /// <summary>Completes when the sandbox has stopped.</summary>
    public Task Completion => _server.Completion;

    /// <summary>The requests that have come, in their order and without keys; the last 10,000 of them. A new list each time.</summary>
    public IReadOnlyList<SandboxRequest> Requests => _requests.All;

    /// <summary>Starts a sandbox on the loopback address; it answers when the task completes.</summary>
    /// <param name="options">Where and to whom; <see langword="null"/> for a free port and <see cref="DefaultApiKey"/>.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="ArgumentException">The options contain an empty key, a port that does not exist, an unusable public URL or a limit of zero.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<MlHubSandbox> StartAsync(MlHubServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new MlHubServerOptions();
        var (hub, requests, faults) = (new ChangingHub(new SandboxHub()), new RequestJournal(), new Faults(options.TimeProvider));
        var server = await MlHubServer.StartAsync(
            hub,
            options with
            {
                ApiKeys = options.ApiKeys.Count > 0 ? options.ApiKeys : [DefaultApiKey],
                Middleware = [requests.NoteAsync, .. options.Middleware, faults.ApplyAsync],
            },
            cancellationToken).ConfigureAwait(false);
        return new MlHubSandbox(server, hub, faults, requests);
    }

    /// <summary>
    /// Sends requests to this sandbox in memory, without a socket. The URL of a request may name any host, with the scheme <c>http</c>. The handler follows no redirects.
    /// Dispose it, or the client that owns it.
    /// </summary>
    /// <returns>A new handler. Any number of them can be used at once. After the sandbox has stopped, a request is an <see cref="HttpRequestException"/>.</returns>
    public HttpMessageHandler CreateHandler() => _server.CreateHandler();

    /// <summary>The next requests are answered with this status and nothing else.</summary>
    /// <param name="status">The status, 400 to 599.</param>
    /// <param name="times">How many requests.</param>
    /// <param name="retryAfter">What <c>Retry-After</c> says, in whole seconds; <see langword="null"/> for no such header.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such status or number of times.</exception>
    public void FailNext(int status, int times = 1, TimeSpan? retryAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        _faults.FailNext(status, times, retryAfter);
    }

    /// <summary>From now on each answer begins so much later.</summary>
    /// <param name="delay">How much; zero for no delay.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than zero.</exception>
    public void Delay(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        _faults.Delay = delay;
    }

    /// <summary>The next answers break off: the connection ends after so many bytes of the body. Shorter answers come whole and do not count.</summary>
    /// <param name="bytes">How many bytes of the body still come; with 0, only the status and the headers.</param>
    /// <param name="times">How many answers.</param>
    /// <exception cref="ArgumentOutOfRangeException">Bytes are less than 0, or times less than 1.</exception>
    public void CutAfter(long bytes, int times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        _faults.CutAfter(bytes, times);
    }

    /// <summary>From now on each answer comes no faster than this.</summary>
    /// <param name="bytesPerSecond">The rate of each answer, 1 or more; <see langword="null"/> for no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public void Throttle(long? bytesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesPerSecond ?? 1, 1);
        _faults.BytesPerSecond = bytesPerSecond;
    }

    /// <summary>
    /// A file of the storage becomes another one of the same length, with another ETag and digest, and changed a day later. Each call changes it again.
    /// </summary>
    /// <param name="path">Its path in the storage: <c>archives/COLLECTION.tar.gz</c>, <c>catalogs/DATASET.tar.gz</c> or <c>assets/…</c>.</param>
    /// <exception cref="ArgumentException">The sandbox has no such file.</exception>
    public void ChangeFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _hub.Change(path);
    }

    /// <summary>From now on this key is accepted, and no other.</summary>
    /// <param name="apiKey">The key.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public void RequireKey(string apiKey) => _server.RequireKeys(apiKey);

    /// <summary>Stops the sandbox: no new request is taken, and the answers that are under way may finish.</summary>
    /// <param name="cancellationToken">When it is cancelled, the answers that are still under way are cut off.</param>
    public Task StopAsync(CancellationToken cancellationToken = default) => _server.StopAsync(cancellationToken);

    /// <summary>Stops the sandbox at once: transfers that are open are cut off.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
