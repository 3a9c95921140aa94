using Microsoft.Extensions.Logging;

namespace MlHub.Sdk;

/// <summary>What an <see cref="MlHubClient"/> is built from. Whatever is set here beats the environment and the profiles file.</summary>
/// <remarks>
/// The key is looked for in <see cref="ApiKey"/>, in the profile of <see cref="Profile"/> where that is given, in <c>MLHUB_API_KEY</c>, in the
/// profile that <c>MLHUB_PROFILE</c> names, and in the profile <c>default</c>. An empty string counts as absent.
/// </remarks>
public sealed class MlHubClientOptions
{
    /// <summary>The API key.</summary>
    /// <value>The default is null: it is looked for in the environment and the profiles file.</value>
    public string? ApiKey { get; init; }

    /// <summary>The profile to take the key and the root URL from; <c>__anonymous__</c> means: send no key.</summary>
    /// <value>The default is null: <c>MLHUB_PROFILE</c>, else <c>default</c>.</value>
    public string? Profile { get; init; }

    /// <summary>The root of the API, http or https, with or without a trailing slash.</summary>
    /// <value>The default is null: <c>root_url</c> of <see cref="Profile"/> where that is given, else <c>MLHUB_ROOT_URL</c>, else <c>root_url</c> of the
    /// profile in use, else <c>https://api.radiant.earth/mlhub/v1/</c>.</value>
    public Uri? RootUrl { get; init; }

    /// <summary>The directory that holds the file <c>profiles</c>.</summary>
    /// <value>The default is null: <c>MLHUB_HOME</c>, else <c>~/.mlhub</c>.</value>
    public string? Home { get; init; }

    /// <summary>What is added to the <c>User-Agent</c> header to name the caller, for example <c>my-service/1.2</c> (RFC 9110 §10.1.5).</summary>
    /// <value>The default is null: nothing is added.</value>
    public string? ApplicationName { get; init; }

    /// <summary>How long connecting to a server may take.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a server may take from the request to the headers of its answer.</summary>
    /// <value>The default is 100 seconds.</value>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long a body may stand still before it is given up. A slow body that moves is not, but for that of a download which brings less than
    /// 1 KiB in that time.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How requests that fail for a passing reason are repeated.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>The most connections to one host that everything done through the client may hold at once, from 1 to 256.</summary>
    /// <value>The default is 32. <see cref="DownloadOptions.Connections"/> must not be more.</value>
    public int MaxConnectionsPerHost { get; init; } = 32;

    /// <summary>Where log messages go. None holds a key.</summary>
    /// <value>The default is null: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock by which the client waits and times out.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// The innermost handler, for a proxy, special certificates or tests. It must not follow redirects by itself, or a key could
    /// reach another host; the caller disposes of it.
    /// </summary>
    /// <value>The default is null: a <see cref="SocketsHttpHandler"/> of the client's own.</value>
    public HttpMessageHandler? HttpMessageHandler { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ResponseTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnectionsPerHost, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxConnectionsPerHost, 256);
        ArgumentNullException.ThrowIfNull(Retry);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        Retry.Validate();
    }
}
