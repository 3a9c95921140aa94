namespace MlHub.Server;

/// <summary>The limits of a server for its clients. Each property says what happens when its limit is exceeded.</summary>
public sealed record MlHubServerLimits
{
    /// <summary>The maximum length of the request line: method, path, query and version.</summary>
    /// <value>In bytes, 1 or more. The default is 8192. A longer request line gets a 414.</value>
    public int RequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>The maximum total length of all headers of a request.</summary>
    /// <value>In bytes, 1 or more. The default is 32768. More bytes, or more than 100 headers, get a 431.</value>
    public int HeaderBytes { get; init; } = 32 * 1024;

    /// <summary>The time in which all headers of a request must arrive.</summary>
    /// <value>More than zero. The default is 10 seconds. After that, the client gets a 408 and the connection is closed.</value>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum number of open connections. A connection without a request is closed after 130 seconds. For a client that reads slowly, the server holds at most
    /// 128 KiB for each connection, regardless of the size of the file.
    /// </summary>
    /// <value>1 or more. The default is 1000. Further connections are closed.</value>
    public int Connections { get; init; } = 1000;

    /// <summary>The minimum average rate at which a client must read a response, after the first five seconds.</summary>
    /// <value>In bytes per second, more than 0, or <see langword="null"/> for no minimum. The default is 240. The connection of a slower client is closed.</value>
    public double? ResponseBytesPerSecond { get; init; } = 240;

    /// <summary>
    /// The maximum average number of API requests per second for each key. All requests without an accepted key share one limit; if the server needs no key, each client address has
    /// its own. Requests for files do not count. The requests of one second may arrive at the same time.
    /// </summary>
    /// <value>1 or more, or <see langword="null"/> for no limit, which is the default. Further requests get a 429 with <c>Retry-After</c>.</value>
    public int? RequestsPerSecond { get; init; }

    /// <summary>The maximum number of downloads at the same time. A download is a GET request for a file or a part of it, so a client with several connections has several downloads.</summary>
    /// <value>1 or more, or <see langword="null"/> for no limit, which is the default. Further downloads get a 503 with <c>Retry-After</c>.</value>
    public int? Downloads { get; init; }

    /// <summary>
    /// The maximum number of downloads at the same time from one client address. Downloads carry no key. With IPv6, a /64 network counts as one address. Behind a reverse proxy, all clients
    /// have the address of the proxy.
    /// </summary>
    /// <value>1 or more, or <see langword="null"/> for no limit, which is the default. Further downloads get a 429 with <c>Retry-After</c>.</value>
    public int? DownloadsPerClient { get; init; }

    /// <summary>The maximum time of a search for items. The hub must observe the cancellation token.</summary>
    /// <value>More than zero. The default is 30 seconds. A search that takes longer gets a 422, which clients do not repeat.</value>
    public TimeSpan SearchTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
