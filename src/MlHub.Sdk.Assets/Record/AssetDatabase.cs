using System.Globalization;
using Microsoft.Data.Sqlite;
using NetTopologySuite.Geometries;

namespace MlHub.Sdk.Assets.Record;

/// <summary>
/// The SQLite database with a row for each asset of a dataset. The table <c>assets</c> begins with the columns of the Python client. One thread at a time may use it.
/// </summary>
internal sealed partial class AssetDatabase : SqliteFile
{
    internal const string FileName = "mlhub_stac_assets.db";

    /// <summary>The name of the database of a shard: <c>mlhub_stac_assets.2-of-8.db</c>.</summary>
    internal static string FileNameOf(string? shard) => shard is null ? FileName : $"mlhub_stac_assets.{shard}.db";

    // A database of another layout is written again from the catalogue.
    private const string Layout = "2";

    private const string CreateAssets =
        """
        CREATE TABLE assets (
            collection_id TEXT, item_id TEXT, asset_key TEXT, asset_url TEXT, asset_save_path TEXT, filtered BOOLEAN, common_asset BOOLEAN,
            bbox_json TEXT, geometry_json TEXT, single_datetime TEXT, start_datetime TEXT, end_datetime TEXT,
            status TEXT, bytes INTEGER, digest TEXT, error TEXT,
            media_type TEXT, roles_json TEXT, stated_bytes INTEGER, stated_digest TEXT,
            west REAL, south REAL, east REAL, north REAL, shape_west REAL, shape_south REAL, shape_east REAL, shape_north REAL,
            time_start INTEGER, time_end INTEGER, document INTEGER, alternates_json TEXT);
        CREATE INDEX assets_common ON assets (asset_save_path) WHERE common_asset = 1;
        """;

    private const string Columns =
        "assets.rowid, collection_id, item_id, asset_key, asset_url, asset_save_path, common_asset, media_type, roles_json, stated_bytes, stated_digest, status, bytes, document, alternates_json";

    private const string ItemColumns = "bbox_json, geometry_json, single_datetime, start_datetime, end_datetime";


    private AssetDatabase(SqliteConnection connection)
        : base(connection)
    {
    }

    /// <summary>Opens the database, or creates an empty one. A file that is not a database is replaced: everything in it comes from the catalogue and the files.</summary>
    internal static AssetDatabase Open(string path)
    {
        try
        {
            return Connect(path);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is 11 or 26)
        {
            // SQLITE_CORRUPT, SQLITE_NOTADB
            File.Delete(path);
            return Connect(path);
        }
    }

    /// <summary>Opens a database that is there, and changes nothing if it is damaged.</summary>
    internal static AssetDatabase OpenExisting(string path) => Connect(path);

    /// <summary>Whether the rows are those of this catalogue.</summary>
    /// <param name="catalogue">The digest of the catalogue.</param>
    internal bool IsOf(string catalogue) => HasTable("catalogue") && Text("SELECT layout || ' ' || digest FROM catalogue") == $"{Layout} {catalogue}";

    /// <summary>The layout of the rows of a catalogue. Null for the usual one, or if the rows are those of another catalogue.</summary>
    /// <param name="catalogue">The digest of the catalogue.</param>
    internal string? LayoutOf(string catalogue) =>
        HasTable("catalogue") && Text("SELECT digest FROM catalogue") is { } recorded && recorded.StartsWith($"{catalogue} ", StringComparison.Ordinal) ? recorded[(catalogue.Length + 1)..] : null;

    /// <summary>The collections of the dataset.</summary>
    internal IReadOnlyList<string> Collections() => Texts("SELECT collection_id FROM collections ORDER BY 1");

    /// <summary>The keys of a collection, or of all.</summary>
    internal IReadOnlyList<string> Keys(string? collectionId) => collectionId is null
        ? Texts("SELECT DISTINCT asset_key FROM assets ORDER BY 1")
        : Texts("SELECT DISTINCT asset_key FROM assets WHERE collection_id = $p0 ORDER BY 1", collectionId);

    /// <summary>The entries of the catalogue that were left out.</summary>
    internal IReadOnlyList<RefusedEntry> Refused(int most)
    {
        var found = new List<RefusedEntry>();
        using var command = Command("SELECT name, reason FROM refused LIMIT $p0", (long)most);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            found.Add(new RefusedEntry(reader.GetString(0), reader.GetString(1)));
        }

        return found;
    }

    internal long RefusedCount() => Number("SELECT count(*) FROM refused");

    /// <summary>Selects the rows that satisfy all conditions. A file that items share counts once.</summary>
    /// <param name="conditions">The conditions.</param>
    /// <param name="takes">Whether a file with a path belongs to this run. Null takes all.</param>
    /// <returns>The number of files.</returns>
    internal long Select(IReadOnlyList<Condition> conditions, Func<string, bool>? takes = null)
    {
        Run("DROP TABLE IF EXISTS temp.selected; CREATE TEMP TABLE selected (id INTEGER PRIMARY KEY); DROP TABLE IF EXISTS temp.wanted; CREATE TEMP TABLE wanted (id INTEGER PRIMARY KEY)");
        var (where, values) = Where(conditions);
        using var transaction = Connection.BeginTransaction(deferred: true);
        Run($"INSERT INTO selected SELECT rowid FROM assets WHERE {where} ORDER BY rowid", values);
        foreach (var exact in conditions.Select(condition => condition.Exact).OfType<Func<Geometry?, Bbox?, bool>>())
        {
            Drop(exact);
        }

        Run(
            """
            INSERT INTO wanted SELECT id FROM selected JOIN assets ON assets.rowid = id WHERE common_asset = 0 ORDER BY id;
            INSERT INTO wanted SELECT min(id) FROM selected JOIN assets ON assets.rowid = id WHERE common_asset = 1 GROUP BY asset_save_path
            """);
        if (_isRestricted)
        {
            Run("DELETE FROM wanted WHERE NOT EXISTS (SELECT 1 FROM assets JOIN named ON named.path = asset_save_path WHERE assets.rowid = wanted.id)");
        }

        if (takes is not null)
        {
            KeepWanted(takes);
        }

        _isNarrowed = _isRestricted || takes is not null;
        transaction.Commit();
        return Number("SELECT count(*) FROM wanted");
    }

    /// <summary>The number and size of the selected files.</summary>
    internal DownloadEstimate Estimate()
    {
        using var command = Command("SELECT count(*), total(stated_bytes), count(*) - count(stated_bytes) FROM wanted JOIN assets ON assets.rowid = wanted.id");
        using var reader = command.ExecuteReader();
        reader.Read();
        return EstimateAt(reader, 0);
    }

    /// <summary>The number and size of the selected files of each collection.</summary>
    internal IReadOnlyList<CollectionEstimate> EstimateCollections()
    {
        var found = new List<CollectionEstimate>();
        using var command = Command("SELECT collection_id, count(*), total(stated_bytes), count(*) - count(stated_bytes) FROM wanted JOIN assets ON assets.rowid = wanted.id GROUP BY collection_id ORDER BY collection_id");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            found.Add(new CollectionEstimate { CollectionId = reader.GetString(0), Estimate = EstimateAt(reader, 1) });
        }

        return found;
    }

    /// <summary>The filter after which no row is left, and how many files were left before it.</summary>
    internal (string Filter, long Before) FirstEmpty(IReadOnlyList<Condition> conditions)
    {
        var before = Select([]);
        for (var count = 1; count <= conditions.Count; count++)
        {
            if (Select([.. conditions.Take(count)]) is var left && left == 0)
            {
                return (conditions[count - 1].Filter, before);
            }
            else
            {
                before = left;
            }
        }

        return ("", before);
    }

    /// <summary>Marks in the table what the filters drop, as the Python client does.</summary>
    internal void MarkFiltered()
    {
        using var transaction = Connection.BeginTransaction();
        Run("UPDATE assets SET filtered = 0 WHERE filtered = 1 AND rowid IN (SELECT id FROM selected)");
        Run("UPDATE assets SET filtered = 1 WHERE filtered = 0 AND rowid NOT IN (SELECT id FROM selected)");
        transaction.Commit();
    }

    /// <summary>The next selected rows after a row, in order.</summary>
    /// <param name="after">The number of the last row that was read; 0 for the first rows.</param>
    /// <param name="most">How many rows.</param>
    /// <param name="withItems">Whether to read what the rows say about their item.</param>
    internal IReadOnlyList<AssetRow> Selected(long after, int most, bool withItems)
    {
        var rows = new List<AssetRow>(most);
        using var command = Command($"SELECT {Columns}{(withItems ? $", {ItemColumns}" : "")} FROM wanted JOIN assets ON assets.rowid = wanted.id WHERE wanted.id > $p0 ORDER BY wanted.id LIMIT $p1", after, (long)most);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(Read(reader, withItems));
        }

        return _isRestricted ? WithDigests(rows) : rows;
    }

    /// <summary>Stores results, all or none.</summary>
    internal void Store(IReadOnlyList<AssetResult> results)
    {
        using var transaction = Connection.BeginTransaction();
        using var one = new SqlStatement(Connection, "UPDATE assets SET status = ?, bytes = ?, digest = ?, error = ? WHERE rowid = ?");
        using var shared = new SqlStatement(Connection, "UPDATE assets SET status = ?, bytes = ?, digest = ?, error = ? WHERE common_asset = 1 AND asset_save_path = ?");
        foreach (var result in results)
        {
            var update = result.Row.IsCommon ? shared : one;
            update.Bind(1, result.Error is null ? "stored" : "failed");
            update.Bind(2, result.Bytes);
            update.Bind(3, result.Digest);
            update.Bind(4, result.Error);
            if (result.Row.IsCommon)
            {
                update.Bind(5, result.Row.Path);
            }
            else
            {
                update.Bind(5, result.Row.Id);
            }

            update.Run();
        }

        transaction.Commit();
    }

    public override void Dispose()
    {
        _insert?.Dispose();
        _insertDocument?.Dispose();
        _findDocument?.Dispose();
        _rebuilding?.Dispose();
        _indexing?.Dispose();
        base.Dispose();
    }

    private static AssetDatabase Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        try
        {
            connection.Open();
            var database = new AssetDatabase(connection);

            // Results are stored after their files are on the disk, so that a lost transaction costs only a comparison.
            database.Run("PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384");
            _ = database.HasTable("assets");
            return database;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Drop(Func<Geometry?, Bbox?, bool> exact)
    {
        var dropped = new List<long>();
        using (var command = Command("SELECT id, item_id, bbox_json, geometry_json, west, south, east, north FROM selected JOIN assets ON assets.rowid = id WHERE item_id IS NOT NULL ORDER BY id"))
        using (var reader = command.ExecuteReader())
        {
            // The rows of an item follow each other.
            (string Item, string? Bbox, string? Geometry)? last = null;
            var keeps = false;
            while (reader.Read())
            {
                var item = (reader.GetString(1), TextAt(reader, 2), TextAt(reader, 3));
                if (item != last)
                {
                    keeps = exact(ItemFields.ShapeOf(item.Item2, item.Item3), reader.IsDBNull(4) ? null : new Bbox(reader.GetDouble(4), reader.GetDouble(5), reader.GetDouble(6), reader.GetDouble(7)));
                    last = item;
                }

                if (!keeps)
                {
                    dropped.Add(reader.GetInt64(0));
                }
            }
        }

        using var delete = Prepare("DELETE FROM selected WHERE id = $p0", 1);
        foreach (var id in dropped)
        {
            Set(delete, [id]);
            delete.ExecuteNonQuery();
        }
    }

    private static (string Sql, object[] Values) Where(IReadOnlyList<Condition> conditions)
    {
        var values = new List<object>();
        var sql = conditions.Select(condition =>
        {
            var names = Enumerable.Range(values.Count, condition.Values.Count).Select(index => $"$p{index}").ToArray<object>();
            values.AddRange(condition.Values);
            return $"({string.Format(CultureInfo.InvariantCulture, condition.Sql, names)})";
        }).ToArray();
        return (sql.Length == 0 ? "1" : string.Join(" AND ", sql), [.. values]);
    }

    private static AssetRow Read(SqliteDataReader reader, bool withItems, int first = 0) => new()
    {
        Id = reader.GetInt64(first),
        CollectionId = reader.GetString(first + 1),
        ItemId = TextAt(reader, first + 2),
        Key = reader.GetString(first + 3),
        Url = TextAt(reader, first + 4),
        Path = reader.GetString(first + 5),
        IsCommon = reader.GetInt64(first + 6) != 0,
        MediaType = TextAt(reader, first + 7),
        RolesJson = reader.GetString(first + 8),
        StatedBytes = reader.IsDBNull(first + 9) ? null : reader.GetInt64(first + 9),
        StatedDigest = TextAt(reader, first + 10),
        IsStored = TextAt(reader, first + 11) == "stored",
        IsStale = TextAt(reader, first + 11) == "stale",
        Bytes = reader.IsDBNull(first + 12) ? null : reader.GetInt64(first + 12),
        Document = reader.GetInt64(first + 13),
        AlternatesJson = TextAt(reader, first + 14),
        Item = !withItems ? ItemFields.None : new ItemFields
        {
            BboxJson = TextAt(reader, first + 15),
            GeometryJson = TextAt(reader, first + 16),
            SingleDateTime = TextAt(reader, first + 17),
            StartDateTime = TextAt(reader, first + 18),
            EndDateTime = TextAt(reader, first + 19),
        },
    };

    private static DownloadEstimate EstimateAt(SqliteDataReader reader, int first) =>
        new() { Files = reader.GetInt64(first), Bytes = (long)reader.GetDouble(first + 1), FilesOfUnknownSize = reader.GetInt64(first + 2) };
}
