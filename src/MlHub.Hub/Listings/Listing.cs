using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using MlHub.Hub.Index;
using MlHub.Hub.Places;

namespace MlHub.Hub.Listings;

/// <summary>
/// The listing of a dataset's place, with the ETags of its pages and objects, and the documents that were read: an SQLite file beside the index. A new listing takes from the old one what
/// has not changed, and replaces it when it is complete.
/// </summary>
internal sealed class Listing : IDisposable
{
    private const string Format = "mlhub listing 2";

    // An object is on one page. The addresses that a page leads to are separated by line feeds.
    private const string Tables =
        """
        CREATE TABLE page (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, etag TEXT, next TEXT NOT NULL);
        CREATE TABLE object (key TEXT PRIMARY KEY, page INTEGER NOT NULL, size INTEGER NOT NULL, version TEXT NOT NULL, modified INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE document (key TEXT PRIMARY KEY, version TEXT NOT NULL, body BLOB, reason TEXT);
        CREATE TABLE listing (format TEXT NOT NULL, digest BLOB NOT NULL, definition BLOB NOT NULL);
        CREATE INDEX object_page ON object (page);
        """;

    private static int _number;

    private readonly SqliteConnection _connection;
    private readonly string? _temporary;
    private readonly bool _hasOld;
    private readonly Statement? _add;

    private Listing(string source, string? temporary, string? old)
    {
        _temporary = temporary;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Pooling = false, Mode = temporary is null ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate }.ConnectionString);
        try
        {
            _connection.Open();
            if (temporary is null)
            {
                return;
            }

            Run("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY");
            _hasOld = old is not null && IsListing(old);
            if (_hasOld)
            {
                Run("ATTACH $0 AS old", old);
            }

            Run($"BEGIN; {Tables}");
            _add = new Statement(_connection, "INSERT OR IGNORE INTO main.object (key, page, size, version, modified) VALUES (?, ?, ?, ?, ?)");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether a file is a complete listing.</summary>
    internal static bool IsListing(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using var listing = new Listing(path, null, null);
            return listing.Query("SELECT 1 FROM listing WHERE format = $0", row => row.GetInt64(0), Format).Any();
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>Opens a complete listing.</summary>
    internal static Listing Open(string path) => new(path, null, null);

    /// <summary>Begins a new listing, which can take from the old one.</summary>
    internal static Listing Begin(string path)
    {
        var temporary = string.Create(CultureInfo.InvariantCulture, $"{path}.{Interlocked.Increment(ref _number)}.{Environment.ProcessId}.new");
        Leftovers.Remove(path);
        File.Delete(temporary);
        return new Listing(temporary, temporary, path);
    }

    /// <summary>A digest of what the listing says, and of what was read.</summary>
    internal byte[] Digest => Query("SELECT digest FROM listing", row => (byte[])row.GetValue(0)).Single();

    /// <summary>The digest of the definition for which the place was listed.</summary>
    internal byte[] Definition => Query("SELECT definition FROM listing", row => (byte[])row.GetValue(0)).Single();

    /// <summary>The ETag of a page of the old listing. Null if there is none.</summary>
    internal string? ETagOf(Uri page) => _hasOld ? Query("SELECT etag FROM old.page WHERE url = $0", row => row.IsDBNull(0) ? null : row.GetString(0), page.AbsoluteUri).FirstOrDefault() : null;

    /// <summary>Whether a page is in this listing already.</summary>
    internal bool HasPage(Uri page) => Query("SELECT 1 FROM main.page WHERE url = $0", row => row.GetInt64(0), page.AbsoluteUri).Any();

    /// <summary>Adds a page.</summary>
    /// <returns>Whether it has objects that were on no page before, or none at all.</returns>
    internal bool Add(Uri page, string? etag, ListingPage content)
    {
        Run("INSERT INTO main.page (url, etag, next) VALUES ($0, $1, $2)", page.AbsoluteUri, etag, string.Join('\n', content.Next.Select(next => next.AbsoluteUri)));
        var id = Query("SELECT last_insert_rowid()", row => row.GetInt64(0)).Single();
        var added = 0;
        foreach (var found in content.Objects)
        {
            added += Add(found, id) ? 1 : 0;
        }

        return added > 0 || content.Objects.Count == 0;
    }

    /// <summary>Adds a file of a place without pages.</summary>
    internal void Add(StoredObject found) => Add(found, 0);

    /// <summary>Takes a page, and its objects, from the old listing.</summary>
    /// <returns>The pages to which it leads.</returns>
    internal IReadOnlyList<Uri> Reuse(Uri page)
    {
        Run(
            """
            INSERT INTO main.page (url, etag, next) SELECT url, etag, next FROM old.page WHERE url = $0;
            INSERT OR IGNORE INTO main.object SELECT key, last_insert_rowid(), size, version, modified FROM old.object WHERE page = (SELECT id FROM old.page WHERE url = $0);
            """,
            page.AbsoluteUri);
        return
        [
            .. Query("SELECT next FROM old.page WHERE url = $0", row => row.GetString(0), page.AbsoluteUri).SelectMany(next => next.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(next => new Uri(next)),
        ];
    }

    internal long CountObjects() => Query("SELECT count(*) FROM main.object", row => row.GetInt64(0)).Single();

    /// <summary>The objects, in the order of their keys. Not many are in memory at the same time.</summary>
    internal IEnumerable<StoredObject> Objects()
    {
        const int Most = 1000;
        for (var after = ""; ;)
        {
            var some = Query("SELECT key, size, version, modified FROM main.object WHERE key > $0 ORDER BY key LIMIT $1", row => new StoredObject(row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3)), after, Most).ToArray();
            if (some.Length == 0)
            {
                yield break;
            }

            foreach (var found in some)
            {
                yield return found;
            }

            after = some[^1].Key;
        }
    }

    /// <summary>Takes a document from the old listing.</summary>
    /// <returns>False if it may have changed, or could not be read then.</returns>
    internal bool ReuseDocument(StoredObject found) =>
        _hasOld && found.Version.Length > 0 && Query(
            "INSERT INTO main.document SELECT key, version, body, reason FROM old.document WHERE key = $0 AND version = $1 AND body IS NOT NULL RETURNING 1", row => row.GetInt64(0), found.Key, found.Version).ToArray().Length > 0;

    internal void AddDocument(StoredObject found, byte[]? bytes, string? whyNot) =>
        Run("INSERT OR REPLACE INTO main.document VALUES ($0, $1, $2, $3)", found.Key, found.Version, bytes is null ? null : Body.Compress(bytes), whyNot);

    /// <summary>The document of an object. Null if it is none.</summary>
    internal StoredDocument? FindDocument(string key) =>
        Query("SELECT body, reason FROM main.document WHERE key = $0", row => new StoredDocument(key, row.IsDBNull(0) ? null : Body.Expand((byte[])row.GetValue(0)), row.IsDBNull(1) ? null : row.GetString(1)), key).FirstOrDefault();

    /// <summary>The keys of the documents that can be read, in their order.</summary>
    internal IEnumerable<string> DocumentKeys() => Query("SELECT key FROM main.document WHERE body IS NOT NULL ORDER BY key", row => row.GetString(0));

    /// <summary>Completes the listing, and puts it in the place of the old one.</summary>
    /// <param name="path">The place.</param>
    /// <param name="definition">The digest of the definition.</param>
    internal void Publish(string path, byte[] definition)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in Query("SELECT key || char(10) || size || char(10) || version || char(10) FROM main.object ORDER BY key", row => row.GetString(0)))
        {
            digest.AppendData(Encoding.UTF8.GetBytes(line));
        }

        foreach (var (line, body) in Query("SELECT key || char(10) || coalesce(reason, '') || char(10), coalesce(body, x'') FROM main.document ORDER BY key", row => (row.GetString(0), (byte[])row.GetValue(1))))
        {
            digest.AppendData(Encoding.UTF8.GetBytes(line));
            digest.AppendData(body);
        }

        Run("INSERT INTO main.listing VALUES ($0, $1, $2)", Format, digest.GetHashAndReset(), definition);
        Run("COMMIT");
        Close();
        File.Move(_temporary!, path, overwrite: true);
    }

    public void Dispose()
    {
        Close();
        if (_temporary is not null)
        {
            File.Delete(_temporary);
            File.Delete(_temporary + "-journal");
        }
    }

    private void Close()
    {
        _add?.Dispose();
        _connection.Dispose();
    }

    private bool Add(StoredObject found, long page) => _add!.Run(found.Key, page, found.Size, found.Version, found.Modified) > 0;

    private void Run(string sql, params object?[] values)
    {
        using var command = Prepare(sql, values);
        command.ExecuteNonQuery();
    }

    private IEnumerable<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params object?[] values)
    {
        using var command = Prepare(sql, values);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            yield return read(rows);
        }
    }

    private SqliteCommand Prepare(string sql, object?[] values)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // The text is a constant; what comes from outside is in the values.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${i}"), values[i] ?? DBNull.Value);
        }

        return command;
    }
}
