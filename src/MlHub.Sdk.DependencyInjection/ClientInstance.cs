using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>A client, and the subscription that updates its API key. There is one for each name.</summary>
internal sealed partial class ClientInstance : IDisposable
{
    private readonly IDisposable? _changes;
    private readonly ILogger? _logger;
    private string? _key;

    public ClientInstance(IServiceProvider provider, MlHubClientBuilder builder)
    {
        var monitor = provider.GetRequiredService<IOptionsMonitor<MlHubClientOptions>>();
        var httpClients = provider.GetRequiredService<IHttpClientFactory>();
        var loggers = provider.GetService<ILoggerFactory>();
        var options = monitor.Get(builder.Name);
        _logger = loggers?.CreateLogger("MlHub.Sdk");
        _key = options.ApiKey;
        try
        {
            Settings = MlHubSettings.Resolve(options.ApiKey, options.Profile, options.RootUrl, options.Home, options.AllowKeyOverHttp);
            Client = new MlHubClient(options, new MlHubClientServices
            {
                HttpClient = () => httpClients.CreateClient(builder.Api.Name),
                DownloadHttpClient = () => httpClients.CreateClient(builder.Downloads.Name),
                RepeatCalls = false,
                ApiKeySource = SettingsError.Name(builder, nameof(MlHubClientOptions.ApiKey)),
                LoggerFactory = loggers,
                TimeProvider = provider.GetService<TimeProvider>(),
            });
        }
        catch (Exception error) when (error is MlHubException or ArgumentException)
        {
            throw SettingsError.Create(builder, error.Message);
        }

        // Creates the handlers now, so that an invalid one is refused here.
        httpClients.CreateClient(builder.Api.Name).Dispose();
        httpClients.CreateClient(builder.Downloads.Name).Dispose();
        _changes = monitor.OnChange((changed, name) =>
        {
            if (name == builder.Name)
            {
                UpdateKey(changed.ApiKey);
            }
        });
    }

    public MlHubClient Client { get; }

    /// <summary>The settings that the client started with. Of them, only the key can change.</summary>
    public MlHubSettings Settings { get; }

    public void Dispose()
    {
        _changes?.Dispose();
        Client.Dispose();
    }

    private void UpdateKey(string? key)
    {
        if (string.IsNullOrWhiteSpace(key) || Interlocked.Exchange(ref _key, key) == key)
        {
            return;
        }

        try
        {
            Client.UpdateApiKey(key);
            if (_logger is not null)
            {
                ApiKeyChanged(_logger);
            }
        }
        catch (MlHubException error)
        {
            if (_logger is not null)
            {
                ApiKeyRejected(_logger, error.Message);
            }
        }
    }

    [LoggerMessage(111, LogLevel.Information, "The configuration has another API key. It is used from now on.")]
    private static partial void ApiKeyChanged(ILogger logger);

    [LoggerMessage(112, LogLevel.Error, "The configuration has another API key, and it cannot be used; the former key stays in use. {Why}")]
    private static partial void ApiKeyRejected(ILogger logger, string why);
}
