using MlHub.Server;

namespace MlHub.Sandbox;

/// <summary>
/// A small but complete MLHub in this process, for tests and for a first look at the SDK. It starts on a free port, its data is always the same, byte for byte, and it
/// simulates faults on demand.
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
    /// The key that a sandbox accepts if its options have none: <c>sandbox-key</c>. No id and no text of the sandbox contains it, so a test can search for
    /// leaked keys.
    /// </summary>
    public const string DefaultApiKey = "sandbox-key";

    // Longer delays are mistakes, and a timer has a limit.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    // Retry-After is a number of seconds.
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(int.MaxValue);

    private readonly MlHubServer _server;
    private readonly ChangingHub _hub;
    private readonly Faults _faults;
    private readonly RequestRecorder _requests;
    private volatile bool _isDisposed;

    private MlHubSandbox(MlHubServer server, ChangingHub hub, Faults faults, RequestRecorder requests)
    {
        _server = server;
        _hub = hub;
        _faults = faults;
        _requests = requests;
    }

    /// <summary>The root of the API, with a trailing slash: <c>http://127.0.0.1:PORT/mlhub/v1/</c>, unless the options say otherwise.</summary>
    public Uri RootUrl => _server.RootUrl;

    /// <summary>The root of the API for clients on other machines: <see cref="MlHubServer.ExternalRootUrl"/>.</summary>
    public Uri ExternalRootUrl => _server.ExternalRootUrl;

    /// <summary>A key that the sandbox accepts. It is empty if the sandbox needs no key, or accepts only the keys of a file.</summary>
    public string ApiKey => _server.ApiKey;

    /// <summary>Completes when the sandbox has stopped.</summary>
    public Task Completion => _server.Completion;

    /// <summary>The last 10,000 requests, in order and without keys. Each call returns a new list.</summary>
    public IReadOnlyList<SandboxRequest> Requests => _requests.All;

    /// <summary>Starts a sandbox. It accepts requests when the task completes.</summary>
    /// <param name="options">The options; <see langword="null"/> for a free port and <see cref="DefaultApiKey"/>.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ArgumentException">The options contain an empty key, an invalid port, an invalid public URL or origin, or a limit of zero, or they contradict each other.</exception>
    /// <exception cref="InvalidDataException">The keys file or the certificate cannot be used. The message says why.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<MlHubSandbox> StartAsync(MlHubServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new MlHubServerOptions();
        var (hub, requests, faults) = (new ChangingHub(new SandboxHub()), new RequestRecorder(), new Faults(options.TimeProvider));
        var server = await MlHubServer.StartAsync(
            hub,
            options with
            {
                ApiKeys = options is { ApiKeys.Count: 0, KeysFile: null, AllowAnonymous: false } ? [DefaultApiKey] : options.ApiKeys,
                Middleware = options.Middleware is { } own ? [requests.RecordAsync, .. own, faults.ApplyAsync] : null!,
            },
            cancellationToken).ConfigureAwait(false);
        return new MlHubSandbox(server, hub, faults, requests);
    }

    /// <summary>
    /// Creates a handler that sends requests to this sandbox in memory, without a socket. Request URLs use the scheme <c>http</c> and any host. The handler does not follow
    /// redirects. Dispose it, or the client that owns it.
    /// </summary>
    /// <returns>A new handler. Several handlers can be used at the same time. After the sandbox has stopped, requests throw <see cref="HttpRequestException"/>.</returns>
    /// <exception cref="ObjectDisposedException">The sandbox has been disposed.</exception>
    public HttpMessageHandler CreateHandler() => Running._server.CreateHandler();

    /// <summary>Makes the next requests fail with this status and an empty body. A further call applies to the requests after these.</summary>
    /// <param name="status">The status, 400 to 599.</param>
    /// <param name="times">The number of requests, 1 or more.</param>
    /// <param name="retryAfter">The value of <c>Retry-After</c>, rounded up to seconds; <see langword="null"/> for no such header.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status or the number is out of its range, or <paramref name="retryAfter"/> is less than zero or more than 2,147,483,647 s.</exception>
    /// <exception cref="ObjectDisposedException">The sandbox has been disposed.</exception>
    public void FailNext(int status, int times = 1, TimeSpan? retryAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(retryAfter ?? TimeSpan.Zero, TimeSpan.Zero, nameof(retryAfter));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(retryAfter ?? TimeSpan.Zero, LongestRetryAfter, nameof(retryAfter));
        Running._faults.FailNext(status, times, retryAfter);
    }

    /// <summary>Delays the start of each response from now on.</summary>
    /// <param name="delay">The delay, at most a day; zero for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is less than zero or more than a day.</exception>
    /// <exception cref="ObjectDisposedException">The sandbox has been disposed.</exception>
    public void Delay(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, LongestDelay);
        Running._faults.Delay = delay;
    }

    /// <summary>Cuts off the next responses: the connection is closed after this number of bytes of the body. Responses of this length or shorter are not cut off and do not count.</summary>
    /// <remarks>
    /// Further calls wait for earlier ones: a second number of bytes applies after the first one has cut off its responses. A number that no response exceeds therefore blocks all later ones.
    /// </remarks>
    /// <param name="bytes">The number of bytes of the body that are sent; 0 to send only the status and the headers.</param>
    /// <param name="times">The number of responses, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is less than 0, or <paramref name="times"/> is less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The sandbox has been disposed.</exception>
    public void CutAfter(long bytes, int times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        Running._faults.CutAfter(bytes, times);
    }

    /// <summary>Limits the rate of each response from now on.</summary>
    /// <param name="bytesPerSecond">The maximum rate of each response, 1 or more; <see langword="null"/> for no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The sandbox has been disposed.</exception>
    public void Throttle(long? bytesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesPerSecond ?? 1, 1, nameof(bytesPerSecond));
        Running._faults.BytesPerSecond = bytesPerSecond;
    }

    /// <summary>
    /// Changes a file of the storage. Its length stays the same, its ETag and digest change, and its time of change is a day later. Each call changes it again.
    /// </summary>
    /// <param name="path">The path in the storage: <c>archives/COLLECTION.tar.gz</c>, <c>catalogs/DATASET.tar.gz</c> or <c>assets/…</c>.</param>
    /// <exception cref="ArgumentException">The sandbox has no such file.</exception>
    /// <exception cref="ObjectDisposedException">The sandbox has been disposed.</exception>
    public void ChangeFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Running._hub.Change(path);
    }

    /// <summary>Accepts only this key from now on.</summary>
    /// <param name="apiKey">The key.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    /// <exception cref="ObjectDisposedException">The sandbox has been disposed.</exception>
    public void RequireKey(string apiKey)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(apiKey);
        Running._server.RequireKeys(apiKey);
    }

    /// <summary>Stops the sandbox. It accepts no new requests, and responses in progress may finish.</summary>
    /// <param name="cancellationToken">When it is cancelled, responses that are still in progress are cut off.</param>
    public Task StopAsync(CancellationToken cancellationToken = default) => _server.StopAsync(cancellationToken);

    /// <summary>Stops the sandbox immediately. Responses in progress are cut off.</summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return _server.DisposeAsync();
    }

    private MlHubSandbox Running
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return this;
        }
    }
}
