using MlHub.Hub.Index;
using Npgsql;

namespace MlHub.Hub.Postgres;

/// <summary>
/// An index in PostgreSQL, which several servers share. One process at a time compares it with the files of the hub: it builds an index file first, and then stores what differs in one transaction, so
/// others serve the former version until the new one is complete.
/// </summary>
internal sealed class PostgresStore : IIndexStore
{
    private const int KeepAliveSeconds = 30;

    private readonly PostgresAddress _address;
    private readonly string _hub;
    private readonly string _indexPath;
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _blocking;

    /// <param name="address">The address of the database.</param>
    /// <param name="hub">What the index is of. The tables of another hub are not touched.</param>
    /// <param name="indexPath">The full path of the index file that this machine keeps for the next comparison.</param>
    internal PostgresStore(PostgresAddress address, string hub, string indexPath)
    {
        (_address, _hub, _indexPath) = (address, hub, indexPath);
        _source = SourceOf(address, KeepAliveSeconds);
        _blocking = SourceOf(address, keepAlive: 0);
    }

    public async ValueTask<IHubIndex?> TryOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                if (await PostgresMigration.FindVersionAsync(connection, _address, cancellationToken).ConfigureAwait(false) == 0)
                {
                    return null;
                }
            }

            await RequireHubAsync(cancellationToken).ConfigureAwait(false);
            return await PostgresIndex.RevisionAsync(_source, _address.Text, cancellationToken).ConfigureAwait(false) is { } revision ? new PostgresIndex(_source, _blocking, _address.Text, revision) : null;
        }
        catch (NpgsqlException error)
        {
            throw PostgresIndex.Unavailable(_address.Text, error);
        }
    }

    public async Task<IHubIndex> UpdateAsync(IHubIndex? current, Func<IndexReader?, Task<IndexReader>> build, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                if (!await TryLockAsync(connection, cancellationToken).ConfigureAwait(false))
                {
                    // Another process does the work.
                    if (current is null)
                    {
                        await ScalarAsync(connection, "SELECT 1 FROM (SELECT pg_advisory_lock(hashtextextended($1, 0))) AS locked", cancellationToken).ConfigureAwait(false);
                        await UnlockAsync(connection).ConfigureAwait(false);
                    }

                    return await OpenAsync(current, cancellationToken).ConfigureAwait(false) ?? await UpdateAsync(current, build, cancellationToken).ConfigureAwait(false);
                }

                try
                {
                    await PublishAsync(connection, build, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    await UnlockAsync(connection).ConfigureAwait(false);
                }
            }

            return await OpenAsync(current, cancellationToken).ConfigureAwait(false) ?? throw new IOException($"The index {_address.Text} was written, and is gone again.");
        }
        catch (NpgsqlException error)
        {
            throw PostgresIndex.Unavailable(_address.Text, error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        await _blocking.DisposeAsync().ConfigureAwait(false);
    }

    // A connection waits long while an index is built.
    private static NpgsqlDataSource SourceOf(PostgresAddress address, int keepAlive)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(address.Connection);
        builder.ConnectionStringBuilder.KeepAlive = keepAlive;
        return builder.EnableArrays().EnableTransportSecurity().Build();
    }

    private async Task PublishAsync(NpgsqlConnection connection, Func<IndexReader?, Task<IndexReader>> build, CancellationToken cancellationToken)
    {
        await PostgresMigration.RunAsync(connection, _address, cancellationToken).ConfigureAwait(false);
        await PostgresIndex.LeaveSocketThread();
        using var before = IndexReader.TryOpen(_indexPath);
        var index = await build(before).ConfigureAwait(false);
        try
        {
            using var publication = new PostgresPublication(connection, _source, _address, index, _hub);
            await publication.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            index.Dispose();
        }
    }

    private async ValueTask<IHubIndex?> OpenAsync(IHubIndex? current, CancellationToken cancellationToken) =>
        await TryOpenAsync(cancellationToken).ConfigureAwait(false) is { } published && published.Revision != current?.Revision ? published : current;

    private async ValueTask RequireHubAsync(CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await PostgresPublication.RequireHubAsync(connection, _address, _hub, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(connection, "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", cancellationToken).ConfigureAwait(false) is true;

    private async ValueTask UnlockAsync(NpgsqlConnection connection)
    {
        try
        {
            await ScalarAsync(connection, "SELECT pg_advisory_unlock(hashtextextended($1, 0))", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException)
        {
            // The lock has ended with the connection.
        }
    }

    private async ValueTask<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
#pragma warning disable CA2100 // The texts are those above.
            command.CommandText = sql;
#pragma warning restore CA2100
            command.CommandTimeout = 0;
            command.Parameters.Add(new NpgsqlParameter { Value = $"mlhub index {_address.Schema}" });
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
