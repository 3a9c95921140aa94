using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>One run of one command: its parsed options, its output and its client.</summary>
internal sealed class CommandRun : IAsyncDisposable
{
    private readonly GlobalOptions _options;
    private IAsyncDisposable? _embedded;
    private MlHubClient? _client;

    /// <exception cref="WrongUsageException">Options contradict each other.</exception>
    public CommandRun(ParseResult parsed, CommandFactory factory)
    {
        _options = factory.Options;
        Parsed = parsed;
        Environment = factory.Environment;
        Messages = factory.Messages(parsed);
        Output = new StandardOutput(Environment.Output);
        if (parsed.GetValue(_options.Quiet) && parsed.GetValue(_options.Verbose))
        {
            throw new WrongUsageException("--quiet and --verbose cannot be combined.");
        }
    }

    public ParseResult Parsed { get; }

    public CommandEnvironment Environment { get; }

    public Messages Messages { get; }

    public StandardOutput Output { get; }

    public ResultFormat Format => Parsed.GetValue(_options.Format);

    public bool Sandbox => Parsed.GetValue(_options.Sandbox);

    /// <summary>The hub definition that <c>--hub</c> names. Null if it is not given.</summary>
    public string? Hub => Parsed.GetValue(_options.Hub);

    public bool ShowsProgress => Environment.ErrorIsTerminal && !Messages.Quiet;

    public IReadOnlyList<string> ApiKeys => Parsed.GetValue(_options.ApiKey) ?? [];

    public string? ApiKey => ApiKeys switch
    {
        [] => null,
        [var key] => key,
        _ => throw new WrongUsageException("--api-key must be given only once. Only \"mlhub serve\" accepts several."),
    };

    public string? Profile => Parsed.GetValue(_options.Profile);

    public Uri? RootUrl => Parsed.GetValue(_options.RootUrl);

    public Results Results => new(this);

    /// <summary>The value of an argument that cannot be missing.</summary>
    public T Value<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    public T? Value<T>(Option<T> option) => Parsed.GetValue(option);

    /// <summary>The client for the hub, or for the sandbox or the hub definition of this run. It is disposed with the run.</summary>
    public Task<MlHubClient> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(connections: null, cancellationToken);

    /// <summary>Connects for downloads with this number of connections each. The limit for each host is raised to this number.</summary>
    public async Task<MlHubClient> ConnectAsync(int? connections, CancellationToken cancellationToken) =>
        _client ??= Sandbox ? await ConnectToSandboxAsync(connections, cancellationToken).ConfigureAwait(false)
            : Hub is { } hub ? await ConnectToDefinitionAsync(hub, connections, cancellationToken).ConfigureAwait(false)
            : Client(ApiKey, Profile, RootUrl, connections);

    /// <summary>The time-outs, retries and connections of this run. The limit for each host is at least <paramref name="connections"/>.</summary>
    public TransferOptions Transfer(int? connections) =>
        Environment.Transfer with { MaxConnectionsPerHost = Math.Max(Environment.Transfer.MaxConnectionsPerHost, connections ?? 0) };

    /// <summary>Refuses options that say how to reach a hub, for a command that uses none.</summary>
    /// <param name="why">Why the command uses none: a sentence without its full stop.</param>
    /// <exception cref="WrongUsageException">One of these options is given.</exception>
    public void RefuseHubOptions(string why)
    {
        if (Sandbox || Hub is not null || ApiKeys.Count > 0 || Profile is not null || RootUrl is not null)
        {
            throw new WrongUsageException($"{why}: leave out --api-key, --profile, --root-url, --sandbox and --hub.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_embedded is not null)
        {
            await _embedded.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<MlHubClient> ConnectToSandboxAsync(int? connections, CancellationToken cancellationToken)
    {
        if (ApiKeys.Count > 0 || Profile is not null || RootUrl is not null)
        {
            throw new WrongUsageException("--sandbox has its own key and root URL: leave out --api-key, --profile and --root-url.");
        }

        if (Hub is not null)
        {
            throw new WrongUsageException("--sandbox and --hub are two hubs: leave out one of them.");
        }

        var sandbox = await EmbeddedSandbox.StartAsync(cancellationToken).ConfigureAwait(false);
        _embedded = sandbox;
        return Client(sandbox.ApiKey, profile: null, sandbox.RootUrl, connections);
    }

    private async Task<MlHubClient> ConnectToDefinitionAsync(string hub, int? connections, CancellationToken cancellationToken)
    {
        if (ApiKeys.Count > 0 || Profile is not null || RootUrl is not null)
        {
            throw new WrongUsageException("--hub has its own key and root URL: leave out --api-key, --profile and --root-url.");
        }

        var embedded = await EmbeddedDefinition.StartAsync(this, hub, cancellationToken).ConfigureAwait(false);
        _embedded = embedded;
        return Client(embedded.ApiKey, profile: null, embedded.RootUrl, connections);
    }

    private MlHubClient Client(string? apiKey, string? profile, Uri? rootUrl, int? connections)
    {
        var options = new MlHubClientOptions
        {
            ApiKey = apiKey,
            Profile = profile,
            RootUrl = rootUrl,
            Home = Environment.Home,
            Transfer = Transfer(connections),
            ApplicationName = $"mlhub/{VersionAction.Version}",
        };
        var client = new MlHubClient(options, new MlHubClientServices { LoggerFactory = new MessagesLog(Messages), ApiKeySource = "--api-key" });
        Messages.Redact = client.Redact;
        return client;
    }
}
