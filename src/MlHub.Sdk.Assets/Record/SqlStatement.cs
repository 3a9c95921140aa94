using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MlHub.Sdk.Assets.Record;

/// <summary>A statement that runs once for each of many rows. It binds values without the objects that a <see cref="SqliteCommand"/> makes for each of them.</summary>
internal sealed class SqlStatement : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3_stmt _statement;
    private byte[] _bytes = new byte[1024];

    internal SqlStatement(SqliteConnection connection, string sql)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v2(connection.Handle, sql, out _statement));
    }

    /// <summary>Sets a parameter, which keeps its value until it is set again.</summary>
    /// <param name="parameter">Its number. The first is 1.</param>
    /// <param name="text">The value.</param>
    internal void Bind(int parameter, string? text)
    {
        // SQLite takes no bytes for no text.
        if (string.IsNullOrEmpty(text))
        {
            Check(text is null ? raw.sqlite3_bind_null(_statement, parameter) : raw.sqlite3_bind_text(_statement, parameter, ""));
            return;
        }

        // It copies the bytes.
        if (_bytes.Length < Encoding.UTF8.GetMaxByteCount(text.Length))
        {
            _bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        }

        Check(raw.sqlite3_bind_text(_statement, parameter, _bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, _bytes))));
    }

    /// <inheritdoc cref="Bind(int, string?)"/>
    internal void Bind(int parameter, long? number) => Check(number is { } value ? raw.sqlite3_bind_int64(_statement, parameter, value) : raw.sqlite3_bind_null(_statement, parameter));

    /// <inheritdoc cref="Bind(int, string?)"/>
    internal void Bind(int parameter, double? number) => Check(number is { } value ? raw.sqlite3_bind_double(_statement, parameter, value) : raw.sqlite3_bind_null(_statement, parameter));

    /// <exception cref="SqliteException">The statement failed.</exception>
    internal void Run()
    {
        var result = raw.sqlite3_step(_statement);
        Check(raw.sqlite3_reset(_statement));
        Check(result);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            SqliteException.ThrowExceptionForRC(result, _connection.Handle);
        }
    }
}
