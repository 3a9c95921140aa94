using System.Globalization;
using MlHub.Hub.Index;
using MlHub.Server;
using Npgsql;

namespace MlHub.Hub.Postgres;

/// <summary>Reads an index in PostgreSQL. Another process may change it at any time; a reader sees each change as a whole.</summary>
/// <remarks>
/// A program may continue on the threads that wait for sockets (docs/adr/0060), and a synchronous query over a socket that such a thread waits for may never end. So synchronous queries have connections of their
/// own, which block. What is asynchronous ends on a thread of the pool, because documents are made after it.
/// </remarks>
/// <param name="source">The connections of asynchronous queries.</param>
/// <param name="blocking">The connections of synchronous queries.</param>
/// <param name="address">The address, for messages.</param>
/// <param name="revision">The revision.</param>
internal sealed class PostgresIndex(NpgsqlDataSource source, NpgsqlDataSource blocking, string address, string revision) : IHubIndex
{
    private const string ItemColumns = "item.name, item.path, item.entry, item.source, item.flags, item.json";
    private const string FileColumns = "id, path, size, modified, kind, reason, subject, md5";
    private const int Attempts = 3;

    // How long another version of the index may stay unseen.
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    private long _checked = Environment.TickCount64;

    public string Revision => revision;

    /// <summary>The revision in a database. Null if there is no index.</summary>
    internal static async ValueTask<string?> RevisionAsync(NpgsqlDataSource source, string address, CancellationToken cancellationToken) =>
        await QueryAsync(source, address, "SELECT revision FROM hub", row => row.GetString(0), [], cancellationToken).ConfigureAwait(false) is [var revision, ..] ? revision : null;

    public async ValueTask<bool> IsReplacedAsync(CancellationToken cancellationToken)
    {
        var last = Interlocked.Read(ref _checked);
        var now = Environment.TickCount64;
        if (now - last < CheckEvery.TotalMilliseconds || Interlocked.CompareExchange(ref _checked, now, last) != last)
        {
            await LeaveSocketThread();
            return false;
        }

        return await RevisionAsync(source, address, cancellationToken).ConfigureAwait(false) is { } current && current != revision;
    }

    public IReadOnlyList<(string Id, byte[] Json)> Datasets() => Query("SELECT id, json FROM dataset ORDER BY position, id", row => (row.GetString(0), row.GetFieldValue<byte[]>(1)));

    public IReadOnlyList<StoredCollection> Collections() => Query(
        "SELECT id, name, path, entry, dataset, source, json, label, items, labels FROM collection ORDER BY name",
        row => new StoredCollection
        {
            Id = row.GetInt64(0),
            Name = row.GetString(1),
            Path = TextOf(row, 2),
            Entry = TextOf(row, 3),
            Dataset = TextOf(row, 4),
            Source = (Source)row.GetInt32(5),
            Json = row.IsDBNull(6) ? null : row.GetFieldValue<byte[]>(6),
            IsLabel = row.GetBoolean(7),
            Items = row.GetInt64(8),
            Labels = row.GetInt64(9),
        });

    public IReadOnlyList<StoredCatalog> Catalogs(string dataset) => Query(
        "SELECT path, entry, dataset, source, json FROM catalog WHERE dataset = $1 ORDER BY source, path COLLATE \"C\", entry COLLATE \"C\"",
        row => new StoredCatalog(row.GetString(0), row.GetString(1) is { Length: > 0 } entry ? entry : null, row.GetString(2), (Source)row.GetInt32(3), row.GetFieldValue<byte[]>(4)),
        dataset);

    public IReadOnlyList<IndexedFile> Files(FileKind kind) => Query($"SELECT {FileColumns} FROM file WHERE kind > 3 AND kind = $1 ORDER BY path", ReadFile, (int)kind);

    public HashSet<string> TopFolders() => Query("SELECT name FROM top_folder", row => row.GetString(0)).ToHashSet(StringComparer.Ordinal);

    public IndexedFile? FindFile(string path) => IsStorable(path) && Query(
        $"SELECT {FileColumns} FROM file WHERE path = $1 UNION ALL SELECT 0, path, 0, 0, {((int)FileKind.Item).ToString(CultureInfo.InvariantCulture)}, NULL, NULL, NULL FROM item WHERE path = $1 AND entry IS NULL",
        ReadFile,
        path) is [var file, ..] ? file : null;

    public (long Offset, long Length)? FindEntry(long file, string name) =>
        IsStorable(name) && Query("SELECT start, length FROM entry WHERE file = $1 AND name = $2", row => (row.GetInt64(0), row.GetInt64(1)), file, name) is [var found, ..] ? found : null;

    public IReadOnlyList<(string Path, string Reason)> LeftOut() =>
        Query("SELECT path, reason FROM left_out ORDER BY path COLLATE \"C\"", row => (row.GetString(0), row.GetString(1)));

    public async ValueTask<StoredItem?> FindItemAsync(long collection, string name, CancellationToken cancellationToken) =>
        !IsStorable(name) ? null
        : await QueryAsync($"SELECT {ItemColumns} FROM item WHERE collection = $1 AND name = $2", ReadItem, [collection, name], cancellationToken).ConfigureAwait(false) is [var item, ..] ? item : null;

    public ValueTask<IReadOnlyList<StoredItem>> ListItemsAsync(long collection, ItemSelection selection, int limit, bool descending, CancellationToken cancellationToken)
    {
        var condition = PostgresConditions.OfItem(selection);
        return QueryAsync(
            $"SELECT {ItemColumns} FROM item WHERE collection = $1{condition.Sql(first: 3)} ORDER BY name{(descending ? " DESC" : "")} LIMIT $2",
            ReadItem,
            [collection, limit, .. condition.Values],
            cancellationToken);
    }

    public async ValueTask<long> CountItemsAsync(long collection, ItemSelection selection, CancellationToken cancellationToken)
    {
        var condition = PostgresConditions.OfItem(selection);
        return (await QueryAsync($"SELECT count(*) FROM item WHERE collection = $1{condition.Sql(first: 2)}", row => row.GetInt64(0), [collection, .. condition.Values], cancellationToken).ConfigureAwait(false))[0];
    }

    public async ValueTask<long> CountCandidatesAsync(ItemSelection selection, int max, CancellationToken cancellationToken)
    {
        var candidates = PostgresConditions.OfBounds(selection);
        return (await QueryAsync(
            $"SELECT count(*) FROM (SELECT 1 FROM item WHERE true{candidates.Sql(first: 2)} LIMIT $1) AS found", row => row.GetInt64(0), [max, .. candidates.Values], cancellationToken).ConfigureAwait(false))[0];
    }

    public ValueTask<IReadOnlyList<FoundItem>> FindByBoundsAsync(ItemSelection selection, int max, CancellationToken cancellationToken)
    {
        var (candidates, condition) = (PostgresConditions.OfBounds(selection), PostgresConditions.OfItem(selection));
        return QueryAsync(
            $"SELECT id, collection, name, true{condition.Sql(first: candidates.Values.Count + 2)} FROM item WHERE true{candidates.Sql(first: 2)} LIMIT $1",
            row => new FoundItem(row.GetInt64(0), row.GetInt64(1), row.GetString(2), !row.IsDBNull(3) && row.GetBoolean(3)),
            [max, .. candidates.Values, .. condition.Values],
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<StoredItem?>> GetItemsAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        var found = await QueryAsync($"SELECT id, {ItemColumns} FROM item WHERE id = ANY($1)", row => (Id: row.GetInt64(0), Item: ReadItem(row, first: 1)), [ids.ToArray()], cancellationToken).ConfigureAwait(false);
        var byId = found.ToDictionary(row => row.Id, row => row.Item);
        return [.. ids.Select(id => byId.GetValueOrDefault(id))];
    }

    public ValueTask<IReadOnlyList<(string Collection, StoredItem Item)>> ListModelsAsync(CancellationToken cancellationToken) => QueryAsync(
        $"SELECT collection.name, {ItemColumns} FROM item JOIN collection ON collection.id = item.collection WHERE flags & {IndexSchema.Model} <> 0 ORDER BY item.name",
        row => (row.GetString(0), ReadItem(row, first: 1)),
        [],
        cancellationToken);

    // The connections belong to the store.
    public void Dispose()
    {
        // There is nothing to release.
    }

    private static IndexedFile ReadFile(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), (FileKind)row.GetInt32(4))
    {
        Reason = TextOf(row, 5),
        Subject = TextOf(row, 6),
        Md5 = row.IsDBNull(7) ? null : row.GetFieldValue<byte[]>(7),
    };

    private static StoredItem ReadItem(NpgsqlDataReader row) => ReadItem(row, first: 0);

    private static StoredItem ReadItem(NpgsqlDataReader row, int first) =>
        new(row.GetString(first), row.GetString(first + 1), TextOf(row, first + 2), (Source)row.GetInt32(first + 3), (row.GetInt32(first + 4) & IndexSchema.Regular) != 0, Body.Expand(row.GetFieldValue<byte[]>(first + 5)));

    private static string? TextOf(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    // PostgreSQL has no U+0000 in texts, so nothing has such a name.
    private static bool IsStorable(string text) => !text.Contains('\0', StringComparison.Ordinal);

    private List<T> Query<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var command = Command(blocking, sql, values);
                using var rows = command.ExecuteReader();
                var list = new List<T>();
                while (rows.Read())
                {
                    list.Add(read(rows));
                }

                return list;
            }
            catch (NpgsqlException error) when (MaySucceedAgain(error) && attempt < Attempts)
            {
                // Once more, on another connection.
            }
            catch (NpgsqlException error)
            {
                throw Unavailable(address, error);
            }
        }
    }

    private ValueTask<IReadOnlyList<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, object[] values, CancellationToken cancellationToken) =>
        QueryAsync(source, address, sql, read, values, cancellationToken);

    private static async ValueTask<IReadOnlyList<T>> QueryAsync<T>(
        NpgsqlDataSource source, string address, string sql, Func<NpgsqlDataReader, T> read, object[] values, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var list = await ReadAsync(Command(source, sql, values), read, cancellationToken).ConfigureAwait(false);
                await LeaveSocketThread();
                return list;
            }
            catch (NpgsqlException error) when (MaySucceedAgain(error) && attempt < Attempts)
            {
                // Once more, on another connection.
            }
            catch (NpgsqlException error)
            {
                throw Unavailable(address, error);
            }
        }
    }

    /// <summary>Runs a command, which is disposed, and reads all rows.</summary>
    internal static async Task<List<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using (command.ConfigureAwait(false))
        {
            var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                var list = new List<T>();
                while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    list.Add(read(rows));
                }

                return list;
            }
        }
    }

    // A connection of the pool may be of a server that was started again meanwhile.
    private static bool MaySucceedAgain(NpgsqlException error) => error is not PostgresException { IsTransient: false };

    /// <summary>Continues on a thread of the pool.</summary>
    internal static System.Runtime.CompilerServices.YieldAwaitable LeaveSocketThread() => Task.Yield();

    internal static HubUnavailableException Unavailable(string address, NpgsqlException error) => new($"The index {address} cannot be used: {Reason(error)}. Check its address and the database.", error);

    // The database's own words, or why it did not answer.
    private static string Reason(NpgsqlException error) => error is PostgresException refused ? $"the database said '{refused.MessageText}'"
        : error.InnerException is { } inner ? ConnectionErrors.Reason(inner) : "the database did not answer as PostgreSQL does";

    private static NpgsqlCommand Command(NpgsqlDataSource source, string sql, ReadOnlySpan<object> values)
    {
        var command = source.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
