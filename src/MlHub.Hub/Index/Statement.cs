using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MlHub.Hub.Index;

/// <summary>A statement that runs for many rows. <see cref="SqliteCommand"/> takes several times as long for each.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    internal Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    /// <summary>Runs the statement.</summary>
    /// <param name="values">The values: text, whole numbers, numbers, bytes or null.</param>
    /// <returns>The number of rows that it changed.</returns>
    internal int Run(params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Check(values[i] switch
            {
                null => raw.sqlite3_bind_null(_statement, i + 1),
                string text => raw.sqlite3_bind_text(_statement, i + 1, text),
                long number => raw.sqlite3_bind_int64(_statement, i + 1, number),
                int number => raw.sqlite3_bind_int(_statement, i + 1, number),
                double number => raw.sqlite3_bind_double(_statement, i + 1, number),
                byte[] bytes => raw.sqlite3_bind_blob(_statement, i + 1, bytes),
                _ => throw new ArgumentException("This type cannot be stored.", nameof(values)),
            });
        }

        var result = raw.sqlite3_step(_statement);
        Check(raw.sqlite3_reset(_statement));
        Check(result);
        return raw.sqlite3_changes(_database);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
