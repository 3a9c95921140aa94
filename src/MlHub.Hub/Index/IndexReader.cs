using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MlHub.Hub.Index;

/// <summary>Reads a published index: a file of SQLite.</summary>
internal sealed class IndexReader : IHubIndex
{
    private const string ItemColumns = "item.name, file.path, item.entry, item.source, item.flags, item.json FROM item JOIN file ON file.id = item.file";

    private readonly string _source;
    private readonly ConcurrentBag<IndexConnection> _free = [];
    private bool _disposed;

    private IndexReader(string path)
    {
        // A published index never changes, so SQLite needs no locks. Names may contain what has a meaning in a URI.
        _source = $"Data Source=file:{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1;Mode=ReadOnly;Pooling=False";
        Path = path;
    }

    internal string Path { get; }

    public string Revision { get; private set; } = "";

    /// <summary>Opens an index.</summary>
    /// <returns>Null if there is none, or if it cannot be used: it is of another format, not complete, or damaged.</returns>
    internal static IndexReader? TryOpen(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var reader = new IndexReader(path);
        try
        {
            reader.Revision = reader.Query("SELECT revision FROM hub WHERE format = $0", row => row.GetString(0), IndexSchema.Format).SingleOrDefault() ?? "";
            if (reader.Revision.Length > 0)
            {
                return reader;
            }
        }
        catch (SqliteException)
        {
            // Not an index.
        }

        reader.Dispose();
        return null;
    }

    public IReadOnlyList<(string Id, byte[] Json)> Datasets() =>
        Query("SELECT id, json FROM dataset ORDER BY position, id", row => (row.GetString(0), (byte[])row.GetValue(1)));

    public IReadOnlyList<StoredCollection> Collections() => Query(
        """
        SELECT collection.id, name, path, entry, dataset, coalesce(source, 0), json, label, items, labels
        FROM collection LEFT JOIN file ON file.id = collection.file ORDER BY name
        """,
        row => new StoredCollection
        {
            Id = row.GetInt64(0),
            Name = row.GetString(1),
            Path = TextOf(row, 2),
            Entry = TextOf(row, 3) is { Length: > 0 } entry ? entry : null,
            Dataset = TextOf(row, 4),
            Source = (Source)row.GetInt64(5),
            Json = row.IsDBNull(6) ? null : (byte[])row.GetValue(6),
            IsLabel = row.GetInt64(7) != 0,
            Items = row.GetInt64(8),
            Labels = row.GetInt64(9),
        });

    public IReadOnlyList<StoredCatalog> Catalogs(string dataset) => Query(
        "SELECT path, entry, dataset, source, json FROM catalog JOIN file ON file.id = catalog.file WHERE dataset = $0 ORDER BY source, path, entry",
        row => new StoredCatalog(row.GetString(0), row.GetString(1) is { Length: > 0 } entry ? entry : null, row.GetString(2), (Source)row.GetInt64(3), (byte[])row.GetValue(4)),
        dataset);

    // A published index never changes. That it has been replaced is seen when another connection is opened.
    public ValueTask<bool> IsReplacedAsync(CancellationToken cancellationToken) => new(false);

    public ValueTask<StoredItem?> FindItemAsync(long collection, string name, CancellationToken cancellationToken) =>
        new(Query($"SELECT {ItemColumns} WHERE collection = $0 AND item.name = $1", ReadItem, collection, name) is [var item, ..] ? item : null);

    public ValueTask<IReadOnlyList<StoredItem>> ListItemsAsync(long collection, ItemSelection selection, int limit, bool descending, CancellationToken cancellationToken)
    {
        var condition = Conditions.OfItem(selection);
        return new(Query(
            $"SELECT {ItemColumns} WHERE collection = $0{condition.Sql(first: 2)} ORDER BY item.name{(descending ? " DESC" : "")} LIMIT $1",
            ReadItem,
            [collection, limit, .. condition.Values]));
    }

    public ValueTask<long> CountItemsAsync(long collection, ItemSelection selection, CancellationToken cancellationToken)
    {
        var condition = Conditions.OfItem(selection);
        return new(Query($"SELECT count(*) FROM item WHERE collection = $0{condition.Sql(first: 1)}", row => row.GetInt64(0), [collection, .. condition.Values])[0]);
    }

    public ValueTask<long> CountCandidatesAsync(ItemSelection selection, int max, CancellationToken cancellationToken)
    {
        var candidates = Conditions.OfBox(selection);
        return new(Query($"SELECT count(*) FROM (SELECT 1 FROM item_box WHERE true{candidates.Sql(first: 1)} LIMIT $0)", row => row.GetInt64(0), [max, .. candidates.Values])[0]);
    }

    public ValueTask<IReadOnlyList<FoundItem>> FindByBoundsAsync(ItemSelection selection, int max, CancellationToken cancellationToken)
    {
        var (candidates, condition) = (Conditions.OfBox(selection), Conditions.OfItem(selection));
        return new(Query(
            $"SELECT item.id, item.collection, item.name, true{condition.Sql(first: candidates.Values.Count + 1)} FROM item_box CROSS JOIN item ON item.id = item_box.id WHERE true{candidates.Sql(first: 1)} LIMIT $0",
            row => new FoundItem(row.GetInt64(0), row.GetInt64(1), row.GetString(2), !row.IsDBNull(3) && row.GetInt64(3) != 0),
            [max, .. candidates.Values, .. condition.Values]));
    }


    public ValueTask<IReadOnlyList<StoredItem?>> GetItemsAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken) =>
        new([.. ids.SelectMany(id => Query($"SELECT {ItemColumns} WHERE item.id = $0", ReadItem, id))]);

    public ValueTask<IReadOnlyList<(string Collection, StoredItem Item)>> ListModelsAsync(CancellationToken cancellationToken) => new(Query(
        $"SELECT {ItemColumns.Replace(" FROM item ", ", collection.name FROM item JOIN collection ON collection.id = item.collection ", StringComparison.Ordinal)} WHERE flags & {IndexSchema.Model} ORDER BY item.name",
        row => (row.GetString(6), ReadItem(row))));

    public IReadOnlyList<IndexedFile> Files(FileKind kind) => Query($"SELECT {FileColumns} FROM file WHERE kind > 3 AND kind = $0 ORDER BY path", ReadFile, (int)kind);

    public HashSet<string> TopFolders() => Query("SELECT name FROM top_folder", row => row.GetString(0)).ToHashSet(StringComparer.Ordinal);

    public IndexedFile? FindFile(string path) => Query($"SELECT {FileColumns} FROM file WHERE path = $0", ReadFile, path) is [var file, ..] ? file : null;

    /// <summary>Finds many files, on a connection of its own.</summary>
    internal FileLookup LookUpFiles() => new(Connect());

    internal long CountFiles() => Query("SELECT count(*) FROM file", row => row.GetInt64(0))[0];

    public (long Offset, long Length)? FindEntry(long file, string name) =>
        Query("SELECT offset, length FROM entry WHERE file = $0 AND name = $1", row => (row.GetInt64(0), row.GetInt64(1)), file, name) is [var found, ..] ? found : null;

    public IReadOnlyList<(string Path, string Reason)> LeftOut() => Query(
        """
        SELECT path, reason FROM file WHERE reason IS NOT NULL
        UNION ALL SELECT path || ': ' || entry, left_out.reason FROM left_out JOIN file ON file.id = left_out.file
        ORDER BY 1
        """,
        row => (row.GetString(0), row.GetString(1)));

    /// <summary>Reads rows one after the other, on a connection of its own.</summary>
    internal IEnumerable<T> Stream<T>(string sql, Func<SqliteDataReader, T> read, params object[] values)
    {
        using var connection = new IndexConnection(Connect());
        using var rows = connection.Run(sql, values);
        while (rows.Read())
        {
            yield return read(rows);
        }
    }

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object> values)
    {
        var connection = Take();
        try
        {
            using var rows = connection.Run(sql, values);
            var list = new List<T>();
            while (rows.Read())
            {
                list.Add(read(rows));
            }

            return list;
        }
        finally
        {
            Return(connection);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_free.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    private const string FileColumns = "id, path, size, modified, kind, reason, subject, md5";

    private static IndexedFile ReadFile(SqliteDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), (FileKind)row.GetInt64(4))
    {
        Reason = TextOf(row, 5),
        Subject = TextOf(row, 6),
        Md5 = row.IsDBNull(7) ? null : (byte[])row.GetValue(7),
    };

    private static StoredItem ReadItem(SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), TextOf(row, 2), (Source)row.GetInt64(3), (row.GetInt64(4) & IndexSchema.Regular) != 0, Body.Expand(raw.sqlite3_column_blob(row.Handle, 5)));

    private static string? TextOf(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private IndexConnection Take()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _free.TryTake(out var connection) ? connection : new IndexConnection(Connect());
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_source);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT revision FROM hub";
            return Revision.Length == 0 || (string?)command.ExecuteScalar() == Revision ? connection : throw new IndexReplacedException();
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // A request may still use an index that was replaced.
    private void Return(IndexConnection connection)
    {
        _free.Add(connection);
        if (_disposed)
        {
            Dispose();
        }
    }
}
