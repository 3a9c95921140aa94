using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MlHub.Sdk.Assets.Record;

/// <summary>A SQLite file, and short ways to run statements in it. One thread at a time may use it.</summary>
/// <param name="connection">The open connection. It is closed with this object.</param>
internal abstract class SqliteFile(SqliteConnection connection) : IDisposable
{
    /// <summary>The path of the file.</summary>
    internal string Path => Connection.DataSource;

    private protected SqliteConnection Connection { get; } = connection;

    public virtual void Dispose() => Connection.Dispose();

    private protected static string? TextAt(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private protected bool HasTable(string name) => Number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $p0", name) > 0;

    private protected long Number(string sql, params object[] values)
    {
        using var command = Command(sql, values);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private protected string? Text(string sql)
    {
        using var command = Command(sql);
        return command.ExecuteScalar() as string;
    }

    private protected List<string> Texts(string sql, params object[] values)
    {
        var found = new List<string>();
        using var command = Command(sql, values);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    private protected void Run(string sql, params object[] values)
    {
        using var command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    private protected SqliteCommand Command(string sql, params object[] values)
    {
        var command = Connection.CreateCommand();
        command.CommandText = sql;
        for (var index = 0; index < values.Length; index++)
        {
            command.Parameters.AddWithValue($"$p{index}", values[index]);
        }

        return command;
    }

    private protected SqliteCommand Prepare(string sql, int parameters)
    {
        var command = Connection.CreateCommand();
        command.CommandText = sql;
        for (var index = 0; index < parameters; index++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"$p{index}" });
        }

        command.Prepare();
        return command;
    }

    private protected static void Set(SqliteCommand command, ReadOnlySpan<object?> values)
    {
        for (var index = 0; index < command.Parameters.Count; index++)
        {
            command.Parameters[index].Value = values[index] ?? DBNull.Value;
        }
    }
}
