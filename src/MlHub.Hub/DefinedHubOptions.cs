namespace MlHub.Hub;

/// <summary>The options of a <see cref="DefinedHub"/>.</summary>
public sealed record DefinedHubOptions
{
    /// <summary>The folder for the index, the listings and the catalogues that the hub creates. It is created if necessary.</summary>
    /// <value>
    /// The default is null: a folder for each definition in <c>$XDG_CACHE_HOME/mlhub/hubs</c>, or in <c>~/.cache</c>, on macOS in <c>~/Library/Caches</c>, and on Windows in <c>%LOCALAPPDATA%</c>.
    /// If it cannot be written to, it is a temporary folder, which is removed when the hub is disposed.
    /// </value>
    public string? IndexDirectory { get; init; }

    /// <summary>
    /// The address of a database (PostgreSQL with PostGIS) for the index, which several servers can share: <c>postgresql://user:password@host:5432/database?schema=mlhub</c>. Besides <c>schema</c>, the query can contain
    /// <c>host</c>, <c>sslmode</c>, <c>sslrootcert</c> and <c>connect_timeout</c>, as in libpq. The variables <c>PGUSER</c>, <c>PGPASSWORD</c> and <c>PGPASSFILE</c> are used too.
    /// </summary>
    /// <value>The default is null: the index is a file. With a database, that file is still kept, to find out what has changed.</value>
    public string? IndexDatabase { get; init; }

    /// <summary>Whether an existing index of the same definition is used without listing the places. Call <see cref="IndexedHub.RefreshAsync"/> to list them later.</summary>
    /// <value>The default is false. If there is no such index, the places are listed in any case.</value>
    public bool TrustIndex { get; init; }

    /// <summary>The maximum age of a listing that is used without a request to the place when the hub is opened. <see cref="IndexedHub.RefreshAsync"/> always sends requests.</summary>
    /// <value>The default is zero: requests are always sent.</value>
    public TimeSpan MaxAge { get; init; }

    /// <summary>The maximum number of attempts for a request to a place. A request is repeated after a network error, and after 408, 429, 500, 502, 503 and 504. At least 1.</summary>
    /// <value>The default is 4. The waits begin at 0.5 seconds and double; a <c>Retry-After</c> of the server takes precedence, up to 30 seconds.</value>
    public int Attempts { get; init; } = 4;

    /// <summary>The maximum time for one complete response of a place. Greater than zero.</summary>
    /// <value>The default is 100 seconds.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long a signed address is valid (for places with <c>"signed": true</c>). After that, a client must ask the hub again. From a minute to 7 days.</summary>
    /// <value>The default is an hour.</value>
    public TimeSpan SignatureLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Receives the progress of listing and indexing. Its paths are those of the index: <c>{dataset}/{key}</c>.</summary>
    /// <value>The default is null.</value>
    public IProgress<IndexProgress>? Progress { get; init; }
}
