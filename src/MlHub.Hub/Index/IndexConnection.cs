using Microsoft.Data.Sqlite;

namespace MlHub.Hub.Index;

/// <summary>A connection to an index, with the statements that it has run. To prepare one takes longer than to find an item. One thread at a time may use it.</summary>
internal sealed class IndexConnection(SqliteConnection connection) : IDisposable
{
    // Their texts depend only on which conditions a search has.
    private const int MostStatements = 100;

    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);

    /// <summary>Runs a statement. The reader must be disposed before the next one.</summary>
    /// <param name="sql">The statement, with the values <c>$0</c>, <c>$1</c> and so on.</param>
    /// <param name="values">The values.</param>
    internal SqliteDataReader Run(string sql, ReadOnlySpan<object> values)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = Prepare(sql, values.Length);
        }

        for (var i = 0; i < values.Length; i++)
        {
            statement.Parameters[i].Value = values[i];
        }

        return statement.ExecuteReader();
    }

    public void Dispose()
    {
        Forget();
        connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, int values)
    {
        if (_statements.Count == MostStatements)
        {
            Forget();
        }

        var statement = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are this project's own. What users ask for is in the values.
        statement.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values; i++)
        {
            statement.Parameters.Add(new SqliteParameter($"${i}", null));
        }

        _statements.Add(sql, statement);
        return statement;
    }

    private void Forget()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
    }
}
