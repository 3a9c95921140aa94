using Microsoft.Data.Sqlite;

namespace MlHub.Hub.Index;

/// <summary>Finds many files of an index, one after the other.</summary>
internal sealed class FileLookup : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _find;

    internal FileLookup(SqliteConnection connection)
    {
        _connection = connection;
        _find = connection.CreateCommand();
        _find.CommandText = "SELECT id, size, modified, kind FROM file WHERE path = $0";
        _find.Parameters.Add(new SqliteParameter("$0", ""));
        LastId = Number("SELECT coalesce(max(id), 0) FROM file");
    }

    internal long LastId { get; }

    internal IndexedFile? Find(string path)
    {
        _find.Parameters[0].Value = path;
        using var row = _find.ExecuteReader();
        return row.Read() ? new IndexedFile(row.GetInt64(0), path, row.GetInt64(1), row.GetInt64(2), (FileKind)row.GetInt64(3)) : null;
    }

    /// <summary>The files whose number meets a condition.</summary>
    internal IEnumerable<IndexedFile> Where(Func<long, bool> condition)
    {
        using var all = _connection.CreateCommand();
        all.CommandText = "SELECT id, path, size, modified, kind FROM file";
        using var row = all.ExecuteReader();
        while (row.Read())
        {
            if (condition(row.GetInt64(0)))
            {
                yield return new IndexedFile(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), (FileKind)row.GetInt64(4));
            }
        }
    }

    /// <summary>Whether the directory may have items that are not in the index because another file has the same ones.</summary>
    internal bool HasSpareItems() =>
        Number($"SELECT count(*) FROM file WHERE kind IN ({(int)FileKind.Archive}, {(int)FileKind.CatalogTarball}) OR reason LIKE 'another file has%'") > 0;

    public void Dispose()
    {
        _find.Dispose();
        _connection.Dispose();
    }

    private long Number(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
