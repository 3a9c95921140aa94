namespace MlHub.Server;

/// <summary>What a server gives a client at most. What goes beyond is refused in the way that each property says.</summary>
public sealed record MlHubServerLimits
{
    /// <summary>The longest request line: method, path, query and version.</summary>
    /// <value>In bytes, 1 or more. The default is 8192. A longer one is answered with 414.</value>
    public int RequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>The most that all headers of a request may take together.</summary>
    /// <value>In bytes, 1 or more. The default is 32768. More bytes, or more than 100 headers, are answered with 431.</value>
    public int HeaderBytes { get; init; } = 32 * 1024;

    /// <summary>How long the headers of a request may take to arrive.</summary>
    /// <value>More than zero. The default is 10 seconds. Later the connection is answered with 408 and closed.</value>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many connections may be open at once. A connection without a request is closed after 130 seconds. For a client that reads slowly, the server holds at most
    /// 384 KiB for each connection, whatever the size of the file.
    /// </summary>
    /// <value>1 or more. The default is 1000. A further one is closed.</value>
    public int Connections { get; init; } = 1000;

    /// <summary>The least rate at which a client must take an answer, on average, after the first five seconds.</summary>
    /// <value>In bytes per second, more than 0, or <see langword="null"/> for none. The default is 240. The connection of a slower client is cut off.</value>
    public double? ResponseBytesPerSecond { get; init; } = 240;

    /// <summary>
    /// How many requests to the API each key may send in a second, on average; all requests without an accepted key share one allowance. Files are not counted. As
    /// many requests as may come in a second may come at once.
    /// </summary>
    /// <value>1 or more, or <see langword="null"/> for any number, which is the default. More are answered with 429 and <c>Retry-After</c>.</value>
    public int? RequestsPerSecond { get; init; }
}
