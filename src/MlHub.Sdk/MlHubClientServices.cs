using Microsoft.Extensions.Logging;

namespace MlHub.Sdk;

/// <summary>What an <see cref="MlHubClient"/> uses from the program around it. Everything is optional.</summary>
public sealed class MlHubClientServices
{
    /// <summary>Gets what returns the HTTP client of an API call. It is called for each request, so that <c>IHttpClientFactory.CreateClient</c> can stand behind it.</summary>
    /// <value>The default is null: the client opens its own connections.</value>
    /// <remarks>
    /// The handlers of the HTTP client must neither follow redirects nor decompress; <see cref="MlHubHandler.Create"/> does neither. The client never disposes of it.
    /// </remarks>
    public Func<HttpClient>? HttpClient { get; init; }

    /// <summary>Gets what returns the HTTP client of a download. Its handlers must not repeat requests: the downloader does, for the bytes that are missing.</summary>
    /// <value>The default is null: the same as for API calls.</value>
    public Func<HttpClient>? DownloadHttpClient { get; init; }

    /// <summary>Gets whether the client repeats API calls that failed, as <see cref="TransferOptions"/> says.</summary>
    /// <value>The default is true. Set it to false if a handler of <see cref="HttpClient"/> repeats them; that handler then also limits the time of an attempt.</value>
    public bool RepeatCalls { get; init; } = true;

    /// <summary>Gets the name of the setting that <see cref="MlHubClientOptions.ApiKey"/> comes from, for example <c>MlHub:ApiKey</c>. Messages about the key name it.</summary>
    /// <value>The default is null: messages say "The API key that was given".</value>
    public string? ApiKeySource { get; init; }

    /// <summary>Gets what receives log messages. No message contains a key.</summary>
    /// <value>The default is null: there are no log messages.</value>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Gets the clock for time-outs and waits.</summary>
    /// <value>The default is null: the system's clock.</value>
    public TimeProvider? TimeProvider { get; init; }
}
