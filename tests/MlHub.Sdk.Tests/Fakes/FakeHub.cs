using System.Net;
using System.Text;

namespace MlHub.Sdk.Tests;

/// <summary>
/// The server side of a client: responds by path, in memory, and records the requests. It replaces the sockets, so that hosts that
/// do not exist (https mirrors, external storage) can be simulated.
/// </summary>
internal sealed class FakeHub : HttpMessageHandler
{
    public const string Key = "s3cr3t/key+with=odd&chars%";

    private readonly Dictionary<string, Queue<Func<HttpRequestMessage, HttpResponseMessage>>> _answers = [];

    public List<Uri> Requests { get; } = [];

    public List<HttpRequestMessage> Messages { get; } = [];

    /// <summary>The request body, or null.</summary>
    public List<string?> Bodies { get; } = [];

    /// <summary>The requested addresses without the key; relative to the root if they are under it.</summary>
    public IEnumerable<string> Paths => Requests.Select(PathOf);

    public Uri Root { get; init; } = new("https://hub.example/mlhub/v1/");

    public FakeHub Answers(string path, string body, HttpStatusCode status = HttpStatusCode.OK, string type = "application/json") =>
        Answers(path, _ => new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, type) });

    /// <summary>Adds a response for a path. The last one is repeated.</summary>
    public FakeHub Answers(string path, Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        if (!_answers.TryGetValue(path, out var queue))
        {
            _answers[path] = queue = [];
        }

        queue.Enqueue(answer);
        return this;
    }

    public FakeHub Redirects(string path, string location, HttpStatusCode status = HttpStatusCode.Found) =>
        Answers(path, _ => new HttpResponseMessage(status) { Headers = { { "Location", location } }, Content = new ByteArrayContent([]) });

    public MlHubClient Client(string? key = Key, Action<Settings>? change = null)
    {
        var settings = new Settings();
        change?.Invoke(settings);
        var options = new MlHubClientOptions
        {
            ApiKey = key,
            Profile = key is null ? MlHubSettings.AnonymousProfile : null,
            RootUrl = Root,
            Home = Path.Combine(Path.GetTempPath(), "mlhub-no-such-home"),
            ApplicationName = settings.ApplicationName,
            Transfer = new TransferOptions
            {
                StallTimeout = TimeSpan.FromSeconds(31),
                MaxRetries = settings.MaxRetries,
                RetryBaseDelay = settings.BaseDelay,
            },
        };
        return new MlHubClient(options, this, settings.Loggers, settings.Clock);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (_answers)
        {
            Requests.Add(request.RequestUri!);
            Messages.Add(request);
            Bodies.Add(body);
        }

        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return Answer(request);
    }

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        lock (_answers)
        {
            if (!_answers.TryGetValue(PathOf(request.RequestUri!), out var queue))
            {
                return new HttpResponseMessage(HttpStatusCode.NotFound)
                {
                    Content = new StringContent("""{"detail":"It does not exist."}""", Encoding.UTF8, "application/json"),
                };
            }

            return (queue.Count > 1 ? queue.Dequeue() : queue.Peek())(request);
        }
    }

    private string PathOf(Uri url)
    {
        var query = string.Join('&', url.Query.TrimStart('?').Split('&').Where(p => p.Length > 0 && !p.StartsWith("key=", StringComparison.Ordinal)));
        var address = $"{url.Scheme}://{url.Authority}{url.AbsolutePath}{(query.Length == 0 ? "" : "?" + query)}";
        return address.StartsWith(Root.AbsoluteUri, StringComparison.Ordinal) ? address[Root.AbsoluteUri.Length..] : address;
    }

    internal sealed class Settings
    {
        public TimeProvider Clock { get; set; } = TimeProvider.System;

        public int MaxRetries { get; set; } = 3;

        public TimeSpan BaseDelay { get; set; } = TimeSpan.Zero;

        public string? ApplicationName { get; set; }

        public Microsoft.Extensions.Logging.ILoggerFactory? Loggers { get; set; }
    }
}
