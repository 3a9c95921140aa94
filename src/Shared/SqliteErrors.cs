using Microsoft.Data.Sqlite;

namespace MlHub;

/// <summary>What went wrong with an SQLite file, as a part of a sentence (https://sqlite.org/rescode.html).</summary>
internal static class SqliteErrors
{
    internal static string Reason(SqliteException error) => error.SqliteErrorCode switch
    {
        5 or 6 => "another process is writing to it",
        8 => "it is read-only",
        10 => "the disk failed",
        11 => "it is damaged",
        13 => "no space is left on its disk",
        14 => "it cannot be opened",
        26 => "it is not an SQLite database",
        var code => $"error {code} of SQLite",
    };
}
