namespace MlHub.Hub;

/// <summary>The options of a <see cref="DirectoryHub"/>.</summary>
public sealed record DirectoryHubOptions
{
    /// <summary>The folder for the index and for the catalogues that the hub makes. It is created if necessary.</summary>
    /// <value>
    /// The default is null: the folder <c>.mlhub</c> in the directory. If the directory cannot be written to, it is a temporary folder, which is removed when the hub is disposed.
    /// </value>
    public string? IndexDirectory { get; init; }

    /// <summary>
    /// The address of a database (PostgreSQL with PostGIS) for the index, which several servers can share: <c>postgresql://user:password@host:5432/database?schema=mlhub</c>. Beside <c>schema</c>, it can have
    /// <c>host</c>, <c>sslmode</c>, <c>sslrootcert</c> and <c>connect_timeout</c>, as in libpq. The variables <c>PGUSER</c>, <c>PGPASSWORD</c> and <c>PGPASSFILE</c> are used too.
    /// </summary>
    /// <value>The default is null: the index is a file. With a database, that file is still kept, to find out what has changed.</value>
    public string? IndexDatabase { get; init; }

    /// <summary>Whether an existing index is used without comparing it with the directory. Call <see cref="IndexedHub.RefreshAsync"/> to compare it later.</summary>
    /// <value>The default is false. If there is no index, the directory is read in any case.</value>
    public bool TrustIndex { get; init; }

    /// <summary>Receives the progress of indexing.</summary>
    /// <value>The default is null.</value>
    public IProgress<IndexProgress>? Progress { get; init; }
}
