using System.Text.Json;
using Microsoft.Data.Sqlite;
using MlHub.Hub.Index;
using MlHub.Hub.Reading;
using MlHub.Hub.Templates;

namespace MlHub.Hub.Building;

/// <summary>Collects the files of each item, which may be far from each other in a listing. They are in a temporary file, so memory does not grow with their number.</summary>
internal sealed class MatchedFiles : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=;Pooling=False");
    private readonly Statement _add;

    internal MatchedFiles()
    {
        _connection.Open();
        using var create = _connection.CreateCommand();
        create.CommandText =
            """
            PRAGMA journal_mode = OFF;
            CREATE TABLE matched (collection TEXT, item TEXT, asset TEXT, file INTEGER, key TEXT, size INTEGER, names TEXT, PRIMARY KEY (collection, item, asset)) WITHOUT ROWID;
            BEGIN;
            """;
        create.ExecuteNonQuery();
        _add = new Statement(_connection, "INSERT OR IGNORE INTO matched VALUES (?, ?, ?, ?, ?, ?, ?)");
    }

    /// <summary>Adds a file.</summary>
    /// <returns>False if another file is that asset already.</returns>
    internal bool Add(MatchedFile file) =>
        _add.Run(file.Collection, file.Match.Item, file.Match.Asset, file.File, file.Key, file.Size, System.Text.Encoding.UTF8.GetString(Json.Bytes(json =>
        {
            json.WriteStartObject();
            foreach (var (name, value) in file.Match.Values)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }))) > 0;

    /// <summary>The files of each item.</summary>
    internal IEnumerable<IReadOnlyList<MatchedFile>> Items()
    {
        using var all = _connection.CreateCommand();
        all.CommandText = "SELECT collection, item, asset, file, key, size, names FROM matched ORDER BY collection, item, asset";
        using var row = all.ExecuteReader();
        var item = new List<MatchedFile>();
        while (row.Read())
        {
            var values = JsonElement.Parse(row.GetString(6)).EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString()!, StringComparer.Ordinal);
            var file = new MatchedFile(row.GetInt64(3), row.GetString(4), row.GetInt64(5), row.GetString(0), new TemplateMatch(row.GetString(1), row.GetString(2), values));
            if (item is [var first, ..] && (first.Collection != file.Collection || first.Match.Item != file.Match.Item))
            {
                yield return item;
                item = [];
            }

            item.Add(file);
        }

        if (item.Count > 0)
        {
            yield return item;
        }
    }

    public void Dispose()
    {
        _add.Dispose();
        _connection.Dispose();
    }
}
