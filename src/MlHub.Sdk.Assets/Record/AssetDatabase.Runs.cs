namespace MlHub.Sdk.Assets.Record;

/// <summary>What a run was asked for, the files that it is restricted to, and the union of the databases of several runs.</summary>
internal sealed partial class AssetDatabase
{
    private bool _isRestricted;
    private bool _isNarrowed;

    /// <summary>The last run. Null if there was none.</summary>
    internal RunInfo? LastRun()
    {
        if (!HasTable("run") || !HasTable("catalogue"))
        {
            return null;
        }

        using var command = Command("SELECT dataset, selection, layout || ' ' || digest FROM run, catalogue");
        using var reader = command.ExecuteReader();
        return reader.Read() ? new RunInfo(reader.GetString(0), reader.GetString(2), reader.GetString(1)) : null;
    }

    /// <summary>Records what a run is asked for.</summary>
    internal void BeginRun(string datasetId, string selection)
    {
        using var transaction = Connection.BeginTransaction();
        Run("DROP TABLE IF EXISTS run; CREATE TABLE run (dataset TEXT, selection TEXT)");
        Run("INSERT INTO run VALUES ($p0, $p1)", datasetId, selection);
        transaction.Commit();
    }

    /// <summary>Restricts all selections from now on to some files.</summary>
    /// <param name="files">Their paths, and the digests that they must have; null for no digest.</param>
    /// <returns>How many.</returns>
    internal long RestrictTo(IEnumerable<(string Path, string? Digest)> files)
    {
        Run("DROP TABLE IF EXISTS temp.named; CREATE TEMP TABLE named (path TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID");
        using var transaction = Connection.BeginTransaction(deferred: true);
        using var insert = Prepare("INSERT OR IGNORE INTO named VALUES ($p0, $p1)", 2);
        var count = 0L;
        foreach (var (path, digest) in files)
        {
            count++;
            Set(insert, [path, digest]);
            if (insert.ExecuteNonQuery() == 0 && digest is not null)
            {
                throw new FormatException($"The lock names '{path}' twice.");
            }
        }

        transaction.Commit();
        _isRestricted = true;
        return count;
    }

    /// <summary>The files of <see cref="RestrictTo"/> that no selected row has.</summary>
    /// <param name="most">How many.</param>
    internal IReadOnlyList<string> Unmatched(int most) =>
        Texts("SELECT path FROM named WHERE path NOT IN (SELECT asset_save_path FROM wanted JOIN assets ON assets.rowid = wanted.id) ORDER BY path LIMIT $p0", (long)most);

    /// <summary>The rows that failed in the selection, in order. None is kept.</summary>
    internal IEnumerable<(AssetRow Row, string Error)> FailedRows()
    {
        using var command = Command($"SELECT error, {Columns} FROM wanted JOIN assets ON assets.rowid = wanted.id WHERE status = 'failed' ORDER BY wanted.id");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return (Read(reader, withItems: false, first: 1), TextAt(reader, 0) ?? "");
        }
    }

    /// <summary>The rows that the last run did not drop, in order, each file once. None is kept.</summary>
    internal IEnumerable<AssetRow> KeptRows() => Rows(
        $"""
        SELECT {Columns} FROM assets
        WHERE filtered = 0 AND (common_asset = 0 OR rowid IN (SELECT min(rowid) FROM assets WHERE common_asset = 1 AND filtered = 0 GROUP BY asset_save_path)) ORDER BY rowid
        """);

    /// <summary>Writes everything to another file, without pages that are not used.</summary>
    internal void CopyTo(string path) => Run("VACUUM INTO $p0", path);

    /// <summary>Takes over the results of another database of the same catalogue.</summary>
    internal void AddResultsOf(string path)
    {
        Run("ATTACH $p0 AS other", path);
        Run(
            """
            UPDATE assets SET status = other.status, bytes = other.bytes, digest = other.digest, error = other.error FROM other.assets AS other
            WHERE other.rowid = assets.rowid AND other.asset_save_path = assets.asset_save_path AND (other.status = 'stored' OR assets.status IS NULL)
            """);
        Run("DETACH other");
    }

    // Keeps the selected files for which a test is true.
    private void KeepWanted(Func<string, bool> keeps)
    {
        var dropped = new List<long>();
        using (var command = Command("SELECT id, asset_save_path FROM wanted JOIN assets ON assets.rowid = id ORDER BY id"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                if (!keeps(reader.GetString(1)))
                {
                    dropped.Add(reader.GetInt64(0));
                }
            }
        }

        using var delete = Prepare("DELETE FROM wanted WHERE id = $p0", 1);
        foreach (var id in dropped)
        {
            Set(delete, [id]);
            delete.ExecuteNonQuery();
        }
    }

    private List<AssetRow> WithDigests(List<AssetRow> rows)
    {
        using var find = Prepare("SELECT digest FROM named WHERE path = $p0", 1);
        return rows.ConvertAll(row =>
        {
            Set(find, [row.Path]);
            return find.ExecuteScalar() is string digest ? row with { StatedDigest = digest, IsLocked = true } : row;
        });
    }
}
