using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MlHub.Hub.Index;

/// <summary>
/// Writes an index to a temporary file, and puts it in the place of the old one in one step. Until then, and after a crash or on a full disk, the old index stays as it is. A published
/// index never changes. One thread at a time may use it.
/// </summary>
internal sealed class IndexWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _temporary;
    private readonly Dictionary<string, long> _collections = new(StringComparer.Ordinal);
    private readonly HashSet<(string Collection, string Dataset)> _suggested = [];
    private readonly Statement _addFile;
    private readonly Statement _addItem;
    private readonly Statement _addBox;
    private readonly Statement _addEntry;
    private long _lastFile;
    private bool _isPublished;

    private IndexWriter(string temporary)
    {
        _temporary = temporary;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = temporary, Pooling = false }.ConnectionString);
        _connection.Open();

        // Nobody else sees the file, and what a crash leaves is removed before the next build.
        Run("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY");
        Run(HasTables() ? "BEGIN" : $"BEGIN;{IndexSchema.Create}");
        _lastFile = (long)Scalar("SELECT coalesce(max(id), 0) FROM file")!;
        _addFile = new Statement(_connection, "INSERT INTO file (id, path, size, modified, kind, reason) VALUES (?, ?, ?, ?, ?, ?)");
        _addItem = new Statement(
            _connection,
            """
            INSERT OR IGNORE INTO item (collection, name, file, entry, source, west, south, east, north, start, finish, flags, extensions, json)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        _addBox = new Statement(_connection, "INSERT INTO item_box VALUES (last_insert_rowid(), ?, ?, ?, ?, ?, ?)");
        _addEntry = new Statement(_connection, "INSERT OR REPLACE INTO entry (file, name, offset, length) VALUES (?, ?, ?, ?)");
    }

    /// <summary>Begins an empty index beside the place where it will be published.</summary>
    internal static IndexWriter Create(string temporary)
    {
        File.Delete(temporary);
        return new IndexWriter(temporary);
    }

    /// <summary>Begins with the rows of a published index.</summary>
    internal static IndexWriter CopyOf(string published, string temporary)
    {
        try
        {
            File.Copy(published, temporary, overwrite: true);
        }
        catch
        {
            // A full disk stays full if a part of a copy remains.
            File.Delete(temporary);
            throw;
        }

        var writer = new IndexWriter(temporary);
        writer.Run("DELETE FROM hub; DELETE FROM dataset");
        writer.ReadCollections();
        return writer;
    }

    /// <summary>Adds a file.</summary>
    /// <returns>Its number.</returns>
    internal long AddFile(string path, long size, long modified, FileKind kind, string? reason = null)
    {
        _addFile.Run(++_lastFile, path, size, modified, (int)kind, reason);
        return _lastFile;
    }

    /// <summary>Says what a file is, after it has been read.</summary>
    internal void Describe(long file, FileKind kind, string? reason, string? subject, byte[]? md5) =>
        Run("UPDATE file SET kind = $0, reason = $1, subject = $2, md5 = $3 WHERE id = $4", (int)kind, reason, subject, md5, file);

    internal void AddLeftOut(long file, string entry, string reason) => Run("INSERT INTO left_out VALUES ($0, $1, $2)", file, entry, reason);

    internal void AddCatalog(long file, string? entry, string dataset, Source source, byte[] body) =>
        Run("INSERT INTO catalog VALUES ($0, $1, $2, $3, $4)", file, entry ?? "", dataset, (int)source, body);

    /// <summary>Adds the document of a collection.</summary>
    /// <returns>False if there is a better one.</returns>
    internal bool AddCollection(string name, long file, string? entry, string? dataset, Source source, bool isLabel, byte[] body)
    {
        var id = IdOf(name);
        var before = Scalar("SELECT source || ' ' || path FROM collection JOIN file ON file.id = collection.file WHERE collection.id = $0", id) as string;
        if (before is not null && string.CompareOrdinal(before, Place(source, file)) <= 0)
        {
            return false;
        }

        Run("UPDATE collection SET file = $0, entry = $1, dataset = coalesce($2, dataset), source = $3, label = $4, json = $5 WHERE id = $6", file, entry, dataset, (int)source, isLabel ? 1 : 0, body, id);
        return true;
    }

    /// <summary>Names the dataset of a collection, if no document of the collection does.</summary>
    internal void SuggestDataset(string collection, string dataset)
    {
        if (_suggested.Add((collection, dataset)))
        {
            Run("UPDATE collection SET dataset = coalesce(dataset, $0) WHERE id = $1", dataset, IdOf(collection));
        }
    }

    /// <summary>Adds an item.</summary>
    /// <returns>Null if the item is new. Otherwise the file that is not used: this one or the earlier one.</returns>
    internal long? AddItem(IndexedItem item)
    {
        var collection = IdOf(item.Collection);
        if (Insert(item, collection))
        {
            return null;
        }

        var before = Scalar(
            "SELECT item.source || ' ' || path FROM item JOIN file ON file.id = item.file WHERE collection = $0 AND name = $1", collection, item.Name) as string;
        if (before is not null && string.CompareOrdinal(before, Place(item.Source, item.File)) <= 0)
        {
            return item.File;
        }

        Run("DELETE FROM item_box WHERE id = (SELECT id FROM item WHERE collection = $0 AND name = $1)", collection, item.Name);
        var loser = (long)Scalar("DELETE FROM item WHERE collection = $0 AND name = $1 RETURNING file", collection, item.Name)!;
        Insert(item, collection);
        return loser;
    }

    internal void AddEntry(long file, string name, long offset, long length) => _addEntry.Run(file, name, offset, length);

    /// <summary>Removes a file, and the item in it.</summary>
    internal void Remove(long file) => Run(
        "DELETE FROM item_box WHERE id IN (SELECT id FROM item WHERE file = $0); DELETE FROM item WHERE file = $0; DELETE FROM file WHERE id = $0", file);

    /// <summary>Keeps what follows apart, until <see cref="Release"/> or <see cref="RollBack"/>.</summary>
    internal void BeginSavepoint() => Run("SAVEPOINT mark");

    internal void Release() => Run("RELEASE mark");

    internal void RollBack()
    {
        Run("ROLLBACK TO mark; RELEASE mark");

        // What was first seen after the savepoint is gone.
        _suggested.Clear();
        _collections.Clear();
        ReadCollections();
    }

    private void ReadCollections()
    {
        foreach (var (id, name) in Query("SELECT id, name FROM collection", row => (row.GetInt64(0), row.GetString(1))))
        {
            _collections.Add(name, id);
        }
    }

    /// <summary>Counts the items and archives of each collection, and finds the folders of datasets.</summary>
    internal void Count() => Run(
        $"""
        UPDATE collection SET items = 0, labels = 0, archives = 0;
        UPDATE collection SET items = counted.items, labels = counted.labels
            FROM (SELECT collection, count(*) AS items, sum(flags & {IndexSchema.Label}) AS labels FROM item GROUP BY collection) AS counted WHERE counted.collection = collection.id;
        INSERT OR IGNORE INTO collection (name) SELECT subject FROM file WHERE kind = {(int)FileKind.Archive} AND subject IS NOT NULL;
        UPDATE collection SET archives = 1 WHERE name IN (SELECT subject FROM file WHERE kind = {(int)FileKind.Archive});
        DELETE FROM collection WHERE items = 0 AND archives = 0 AND json IS NULL;
        DELETE FROM top_folder;
        INSERT INTO top_folder
            SELECT DISTINCT substr(path, 1, max(0, instr(path, '/') - 1)) FROM file WHERE kind IN ({(int)FileKind.Catalog}, {(int)FileKind.Collection}, {(int)FileKind.Item})
            UNION SELECT dataset FROM catalog WHERE source = {(int)Source.CatalogTarball};
        """);

    internal void AddDataset(string id, int position, byte[] json) => Run("INSERT OR IGNORE INTO dataset VALUES ($0, $1, $2)", id, position, json);

    internal void SetCollection(long id, string dataset, byte[]? json)
    {
        Run("UPDATE collection SET dataset = $0 WHERE id = $1", dataset, id);
        if (json is not null)
        {
            Run("UPDATE collection SET json = $0 WHERE id = $1", json, id);
        }
    }

    /// <summary>Reads rows.</summary>
    internal IEnumerable<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params object[] values)
    {
        using var command = Prepare(sql, values.Length);
        for (var index = 0; index < values.Length; index++)
        {
            command.Parameters[index].Value = values[index];
        }

        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            yield return read(rows);
        }
    }

    /// <summary>Completes the index and puts it in its place.</summary>
    internal void Publish(string path)
    {
        Run("INSERT INTO hub VALUES ($0, $1, $2)", IndexSchema.Format, DateTime.UtcNow.Ticks, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        Run("COMMIT");
        Close();
        using (var file = File.OpenHandle(_temporary, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(file);
        }

        File.Move(_temporary, path, overwrite: true);
        _isPublished = true;
    }

    public void Dispose()
    {
        Close();
        if (!_isPublished)
        {
            File.Delete(_temporary);
            File.Delete(_temporary + "-journal");
        }
    }

    private bool Insert(IndexedItem item, long collection)
    {
        if (_addItem.Run(
            collection, item.Name, item.File, item.Entry, (int)item.Source, item.Box?.West, item.Box?.South, item.Box?.East, item.Box?.North, item.Time?.Start, item.Time?.End,
            (item.IsLabel ? IndexSchema.Label : 0) | (item.IsModel ? IndexSchema.Model : 0) | (item.IsRegular ? IndexSchema.Regular : 0), item.Extensions, item.Body) == 0)
        {
            return false;
        }

        // A box across the antimeridian is kept as a band around the Earth.
        var (west, south, east, north) = item.Box ?? (IndexSchema.Nowhere, IndexSchema.Nowhere, IndexSchema.Nowhere, IndexSchema.Nowhere);
        var (start, end) = item.Time is { } time ? (IndexSchema.Seconds(time.Start), IndexSchema.Seconds(time.End)) : (IndexSchema.Never, IndexSchema.Never);
        _addBox.Run(west <= east ? west : -180.0, west <= east ? east : 180.0, Math.Min(south, north), Math.Max(south, north), start, end);
        return true;
    }

    private string Place(Source source, long file) => $"{(int)source} {Scalar("SELECT path FROM file WHERE id = $0", file)}";

    private long IdOf(string collection)
    {
        if (!_collections.TryGetValue(collection, out var id))
        {
            id = (long)Scalar("INSERT INTO collection (name) VALUES ($0) RETURNING id", collection)!;
            _collections.Add(collection, id);
        }

        return id;
    }

    private bool HasTables() => Scalar("SELECT 1 FROM sqlite_master LIMIT 1") is not null;

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter($"${i}", null));
        }

        return command;
    }

    private static object? Execute(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command.ExecuteScalar();
    }

    private object? Scalar(string sql, params ReadOnlySpan<object?> values)
    {
        using var command = Prepare(sql, values.Length);
        return Execute(command, values) is var value && value is DBNull ? null : value;
    }

    private void Run(string sql, params ReadOnlySpan<object?> values) => Scalar(sql, values);

    private void Close()
    {
        _addFile.Dispose();
        _addItem.Dispose();
        _addBox.Dispose();
        _addEntry.Dispose();
        _connection.Dispose();
    }
}
