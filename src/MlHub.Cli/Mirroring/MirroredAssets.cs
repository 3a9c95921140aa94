using Microsoft.Data.Sqlite;

namespace MlHub.Cli;

/// <summary>Which assets of a dataset were downloaded, and where they are: from the record of <c>mlhub assets download</c>.</summary>
internal sealed class MirroredAssets : IDisposable
{
    private readonly SqliteConnection _connection;

    public MirroredAssets(string databasePath)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = databasePath, Pooling = false }.ConnectionString);
        _connection.Open();
        using var index = _connection.CreateCommand();
        index.CommandText = "CREATE INDEX IF NOT EXISTS mirror ON assets (collection_id, item_id)";
        index.ExecuteNonQuery();
    }

    /// <summary>The paths of the assets of an item, by their keys. Those that are not there are left out.</summary>
    /// <param name="collection">The id of the collection.</param>
    /// <param name="item">The id of the item. Null for the assets of the collection itself.</param>
    public Dictionary<string, string> Of(string collection, string? item)
    {
        using var query = _connection.CreateCommand();
        query.CommandText = "SELECT asset_key, asset_save_path FROM assets WHERE collection_id = $collection AND item_id IS $item AND status = 'stored'";
        query.Parameters.AddWithValue("$collection", collection);
        query.Parameters.AddWithValue("$item", (object?)item ?? DBNull.Value);
        using var rows = query.ExecuteReader();
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        while (rows.Read())
        {
            paths[rows.GetString(0)] = rows.GetString(1);
        }

        return paths;
    }

    /// <summary>The assets that could not be downloaded, and why.</summary>
    /// <param name="limit">The maximum number.</param>
    public IReadOnlyList<(string Path, string Error)> Failed(int limit)
    {
        using var query = _connection.CreateCommand();
        query.CommandText = "SELECT asset_save_path, min(error) FROM assets WHERE status = 'failed' GROUP BY asset_save_path ORDER BY asset_save_path LIMIT $limit";
        query.Parameters.AddWithValue("$limit", limit);
        using var rows = query.ExecuteReader();
        var failed = new List<(string Path, string Error)>();
        while (rows.Read())
        {
            failed.Add((rows.GetString(0), rows.IsDBNull(1) ? "" : rows.GetString(1)));
        }

        return failed;
    }

    public void Dispose() => _connection.Dispose();
}
