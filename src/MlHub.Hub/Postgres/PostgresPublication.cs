using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using MlHub.Hub.Index;
using Npgsql;

namespace MlHub.Hub.Postgres;

/// <summary>
/// Stores an index file in PostgreSQL, in one transaction. Files and items are compared with those that are there, in the order of their names, and only what differs is sent.
/// </summary>
/// <param name="connection">The connection that has the lock of the index.</param>
/// <param name="source">Another connection reads what is there.</param>
/// <param name="address">The address of the database.</param>
/// <param name="index">The index file.</param>
/// <param name="hub">What the index is of.</param>
internal sealed class PostgresPublication(NpgsqlConnection connection, NpgsqlDataSource source, PostgresAddress address, IndexReader index, string hub) : IDisposable
{
    private const string ItemColumns = "collection, name, path, entry, source, west, south, east, north, start, finish, flags, extensions, json, digest";
    private const string FileColumns = "path, size, modified, kind, reason, subject, md5, digest";

    // Each of several processes that compare has an index file of its own.
    private const int MaxSources = 16;

    private readonly List<(string Path, string Reason)> _leftOut = [];
    private readonly IncrementalHash _rows = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await RequireHubAsync(connection, address, hub, cancellationToken).ConfigureAwait(false);
            if (!await IsPublishedAsync(cancellationToken).ConfigureAwait(false))
            {
                await StoreFilesAsync(cancellationToken).ConfigureAwait(false);
                await StoreCollectionsAsync(cancellationToken).ConfigureAwait(false);
                await StoreRestAsync(cancellationToken).ConfigureAwait(false);
                await StoreRevisionAsync(cancellationToken).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _rows.Dispose();

    /// <summary>Refuses to use the tables of another hub.</summary>
    /// <exception cref="IOException">They are of another hub.</exception>
    internal static async ValueTask RequireHubAsync(NpgsqlConnection connection, PostgresAddress address, string hub, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = "SELECT name FROM hub";
            if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is string name && name != hub)
            {
                throw new IOException($"The index {address.Text} is of {name}, not of {hub}. Choose another schema for this hub: add ?schema=NAME to the address.");
            }
        }
    }

    private async ValueTask<bool> IsPublishedAsync(CancellationToken cancellationToken) =>
        await ScalarAsync("SELECT count(*) FROM hub WHERE $1 = ANY (string_to_array(source, ' '))", cancellationToken, index.Revision).ConfigureAwait(false) is > 0L;

    // A revision begins with the digest of all rows. If another process has published the same rows already, nobody needs to open the index again.
    private async Task StoreRevisionAsync(CancellationToken cancellationToken)
    {
        var rows = Convert.ToHexStringLower(_rows.GetHashAndReset())[..32];
        var before = await ScalarAsync("SELECT revision || ' ' || source FROM hub", cancellationToken).ConfigureAwait(false) is string text ? text.Split(' ') : [];
        string[] now = before is [var revision, .. var sources] && revision.StartsWith(rows, StringComparison.Ordinal)
            ? [revision, .. sources.TakeLast(MaxSources - 1), index.Revision]
            : [$"{rows}-{Guid.NewGuid():N}", index.Revision];
        await RunAsync("DELETE FROM hub", cancellationToken).ConfigureAwait(false);
        await RunAsync("INSERT INTO hub VALUES ($1, $2, $3, now())", cancellationToken, hub, now[0], string.Join(' ', now[1..])).ConfigureAwait(false);
    }

    private async Task StoreFilesAsync(CancellationToken cancellationToken)
    {
        await RunAsync(
            """
            CREATE TEMPORARY TABLE changed_file (path text COLLATE "C", size bigint, modified bigint, kind integer, reason text, subject text, md5 bytea, digest bigint) ON COMMIT DROP;
            CREATE TEMPORARY TABLE gone_file (path text COLLATE "C") ON COMMIT DROP
            """,
            cancellationToken).ConfigureAwait(false);
        var gone = new List<string>();
        var wanted = index.Stream($"SELECT path, size, modified, kind, reason, subject, md5 FROM file WHERE kind <> {(int)FileKind.Item} ORDER BY path", ReadFile).Where(IsStorable);
        await CopyAsync($"changed_file ({FileColumns})", ChangesAsync(wanted, "SELECT path, digest FROM file ORDER BY path", gone.Add, cancellationToken), (importer, row) => row.WriteAsync(importer)).ConfigureAwait(false);
        await CopyAsync("gone_file (path)", gone.Select(path => new PostgresRow(path, [path])).ToAsyncEnumerable(), WriteValuesAsync).ConfigureAwait(false);

        // The entries of a changed archive go with it.
        await RunAsync(
            $"""
            DELETE FROM file USING gone_file WHERE file.path = gone_file.path;
            DELETE FROM file USING changed_file WHERE file.path = changed_file.path;
            INSERT INTO file ({FileColumns}) SELECT {FileColumns} FROM changed_file
            """,
            cancellationToken).ConfigureAwait(false);
        foreach (var (id, path) in await PostgresIndex.ReadAsync(
            Command($"SELECT id, file.path FROM file JOIN changed_file USING (path) WHERE file.kind IN ({(int)FileKind.Archive}, {(int)FileKind.CatalogTarball})", []), row => (row.GetInt64(0), row.GetString(1)), cancellationToken).ConfigureAwait(false))
        {
            var entries = index.Stream("SELECT entry.name, offset, length FROM entry JOIN file ON file.id = entry.file WHERE path = $0", row => new PostgresRow(row.GetString(0), [row.GetString(0), row.GetInt64(1), row.GetInt64(2)]), path);
            await CopyAsync("entry (file, name, start, length)", entries.Where(entry => entry.WhyNot is null).ToAsyncEnumerable(), async (importer, entry) =>
            {
                await importer.StartRowAsync(cancellationToken).ConfigureAwait(false);
                await importer.WriteAsync(id, cancellationToken).ConfigureAwait(false);
                await entry.WriteAllAsync(importer).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
    }

    private async Task StoreCollectionsAsync(CancellationToken cancellationToken)
    {
        var collections = index.Collections().Where(IsStorable).ToArray();
        await RunAsync("DELETE FROM collection WHERE name <> ALL ($1)", cancellationToken, (object)collections.Select(collection => collection.Name).ToArray()).ConfigureAwait(false);
        var isFirst = await ScalarAsync("SELECT count(*) FROM (SELECT 1 FROM item LIMIT 1) AS first", cancellationToken).ConfigureAwait(false) is 0L;
        if (isFirst)
        {
            await RunAsync(PostgresSchema.DropItemIndexes, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await RunAsync($"CREATE TEMPORARY TABLE changed_item ON COMMIT DROP AS SELECT {ItemColumns} FROM item LIMIT 0", cancellationToken).ConfigureAwait(false);
        }

        foreach (var collection in collections)
        {
            Count(new PostgresRow(
                collection.Name,
                [collection.Name, collection.Path, collection.Entry, collection.Dataset, (int)collection.Source, collection.Json, collection.IsLabel ? 1 : 0, collection.Items, collection.Labels]));
            var id = (long)(await ScalarAsync(
                """
                INSERT INTO collection (name, path, entry, dataset, source, json, label, items, labels) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                ON CONFLICT (name) DO UPDATE SET path = excluded.path, entry = excluded.entry, dataset = excluded.dataset, source = excluded.source, json = excluded.json, label = excluded.label,
                    items = excluded.items, labels = excluded.labels
                RETURNING id
                """,
                cancellationToken,
                collection.Name, collection.Path, collection.Entry, collection.Dataset, (int)collection.Source, collection.Json, collection.IsLabel, collection.Items, collection.Labels).ConfigureAwait(false))!;
            await StoreItemsAsync(collection.Id, id, isFirst, cancellationToken).ConfigureAwait(false);
        }

        if (isFirst)
        {
            await RunAsync(PostgresSchema.CreateItemIndexes, cancellationToken).ConfigureAwait(false);
            await RunAsync("ANALYZE item", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <param name="from">The number of the collection in the index file.</param>
    /// <param name="collection">The number of the collection in the database.</param>
    /// <param name="isFirst">Whether there are no items yet.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    private async Task StoreItemsAsync(long from, long collection, bool isFirst, CancellationToken cancellationToken)
    {
        var wanted = index.Stream(
            """
            SELECT name, path, entry, source, west, south, east, north, start, finish, flags, extensions, json FROM item JOIN file ON file.id = item.file
            WHERE collection = $0 ORDER BY name
            """,
            ReadItem,
            from).Where(IsStorable);
        if (isFirst)
        {
            await CopyAsync($"item ({ItemColumns})", wanted.ToAsyncEnumerable(), (importer, row) => row.WriteAsync(importer, collection)).ConfigureAwait(false);
            return;
        }

        var gone = new List<string>();
        var changes = ChangesAsync(wanted, string.Create(CultureInfo.InvariantCulture, $"SELECT name, digest FROM item WHERE collection = {collection} ORDER BY name"), gone.Add, cancellationToken);
        await CopyAsync($"changed_item ({ItemColumns})", changes, (importer, row) => row.WriteAsync(importer, collection)).ConfigureAwait(false);
        if (gone.Count > 0)
        {
            await RunAsync("DELETE FROM item WHERE collection = $1 AND name = ANY ($2)", cancellationToken, collection, gone.ToArray()).ConfigureAwait(false);
        }

        var values = string.Join(", ", ItemColumns.Split(", ").Select(column => $"{column} = excluded.{column}"));
        await RunAsync($"INSERT INTO item ({ItemColumns}) SELECT {ItemColumns} FROM changed_item ON CONFLICT (collection, name) DO UPDATE SET {values}; TRUNCATE changed_item", cancellationToken).ConfigureAwait(false);
    }

    private async Task StoreRestAsync(CancellationToken cancellationToken)
    {
        await RunAsync("DELETE FROM dataset; DELETE FROM catalog; DELETE FROM left_out; DELETE FROM top_folder", cancellationToken).ConfigureAwait(false);
        await CopyAsync(
            "dataset (id, position, json)",
            index.Stream("SELECT id, position, json FROM dataset ORDER BY id", row => new PostgresRow(row.GetString(0), [row.GetString(0), row.GetInt32(1), (byte[])row.GetValue(2)])).Where(IsStorable).ToAsyncEnumerable(),
            WriteValuesAsync).ConfigureAwait(false);
        await CopyAsync(
            "catalog (path, entry, dataset, source, json)",
            index.Stream(
                "SELECT path, entry, dataset, source, json FROM catalog JOIN file ON file.id = catalog.file ORDER BY path, entry",
                row => new PostgresRow(row.GetString(0), [row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), (byte[])row.GetValue(4)])).Where(IsStorable).ToAsyncEnumerable(),
            WriteValuesAsync).ConfigureAwait(false);
        await CopyAsync("top_folder (name)", index.TopFolders().Order(StringComparer.Ordinal).Select(name => new PostgresRow(name, [name])).Where(IsStorable).ToAsyncEnumerable(), WriteValuesAsync).ConfigureAwait(false);

        // This is last, because it has what PostgreSQL cannot store.
        var leftOut = index.LeftOut().Concat(_leftOut).Select(file => new PostgresRow(file.Path, [file.Path.Replace('\0', '\uFFFD'), file.Reason.Replace('\0', '\uFFFD')]));
        await CopyAsync("left_out (path, reason)", leftOut.Select(Count).ToAsyncEnumerable(), WriteValuesAsync).ConfigureAwait(false);
    }

    private bool IsStorable(StoredCollection collection) =>
        IsStorable(new PostgresRow(collection.Name, [collection.Name, collection.Path, collection.Entry, collection.Dataset]));

    private bool IsStorable(PostgresRow row)
    {
        if (row.WhyNot is { } reason)
        {
            _leftOut.Add((row.Key, reason));
            return false;
        }

        Count(row);
        return true;
    }

    // Makes the row count for the revision.
    private PostgresRow Count(PostgresRow row)
    {
        Span<byte> digest = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(digest, row.Digest);
        _rows.AppendData(digest);
        return row;
    }

    private static PostgresRow ReadFile(Microsoft.Data.Sqlite.SqliteDataReader row) => new(
        row.GetString(0), [row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), Text(row, 4), Text(row, 5), row.IsDBNull(6) ? null : (byte[])row.GetValue(6)]);

    private static PostgresRow ReadItem(Microsoft.Data.Sqlite.SqliteDataReader row) => new(
        row.GetString(0),
        [
            row.GetString(0), row.GetString(1), Text(row, 2), row.GetInt32(3), Number(row, 4), Number(row, 5), Number(row, 6), Number(row, 7),
            row.IsDBNull(8) ? null : row.GetInt64(8), row.IsDBNull(9) ? null : row.GetInt64(9), row.GetInt32(10), row.GetString(11), (byte[])row.GetValue(12),
        ]);

    private static string? Text(Microsoft.Data.Sqlite.SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static double? Number(Microsoft.Data.Sqlite.SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    private static async Task WriteValuesAsync(NpgsqlBinaryImporter importer, PostgresRow row)
    {
        await importer.StartRowAsync().ConfigureAwait(false);
        await row.WriteAllAsync(importer).ConfigureAwait(false);
    }

    /// <summary>The rows that are new or differ from those that are there. Both are in the order of the bytes of their keys.</summary>
    private async IAsyncEnumerable<PostgresRow> ChangesAsync(IEnumerable<PostgresRow> wanted, string present, Action<string> gone, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var command = source.CreateCommand(present);
        await using (command.ConfigureAwait(false))
        {
            command.CommandTimeout = 0;
            var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                var isThere = await rows.ReadAsync(cancellationToken).ConfigureAwait(false);
                foreach (var row in wanted)
                {
                    while (isThere && Compare(rows.GetString(0), row.Key) < 0)
                    {
                        gone(rows.GetString(0));
                        isThere = await rows.ReadAsync(cancellationToken).ConfigureAwait(false);
                    }

                    var isSame = isThere && rows.GetString(0) == row.Key;
                    if (!isSame || rows.GetInt64(1) != row.Digest)
                    {
                        yield return row;
                    }

                    isThere = isSame ? await rows.ReadAsync(cancellationToken).ConfigureAwait(false) : isThere;
                }

                for (; isThere; isThere = await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    gone(rows.GetString(0));
                }
            }
        }
    }

    private static int Compare(string x, string y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));

    private async Task CopyAsync<T>(string table, IAsyncEnumerable<T> rows, Func<NpgsqlBinaryImporter, T, Task> write)
    {
        var importer = await connection.BeginBinaryImportAsync($"COPY {table} FROM STDIN (FORMAT BINARY)").ConfigureAwait(false);
        await using (importer.ConfigureAwait(false))
        {
            importer.Timeout = Timeout.InfiniteTimeSpan;
            await foreach (var row in rows.ConfigureAwait(false))
            {
                await write(importer, row).ConfigureAwait(false);
            }

            await importer.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task RunAsync(string sql, CancellationToken cancellationToken, params object?[] values) => await ScalarAsync(sql, cancellationToken, values).ConfigureAwait(false);

    private async ValueTask<object?> ScalarAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        var command = Command(sql, values);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are this project's own. What files contain is in the values.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.CommandTimeout = 0;
        foreach (var value in values)
        {
            command.Parameters.Add(value is null ? new NpgsqlParameter { Value = DBNull.Value } : new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
