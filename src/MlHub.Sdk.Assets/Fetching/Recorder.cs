using Microsoft.Data.Sqlite;
using MlHub.Sdk.Assets.Record;
using MlHub.Sdk.Assets.Reports;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets.Fetching;

/// <summary>Records results in the database, many in one transaction, after their files have been flushed to disk together.</summary>
/// <param name="database">The database. It is used only under this object's lock.</param>
/// <param name="directory">A directory on the disk of the files. Null if files are not flushed.</param>
/// <param name="report">Gets the failures.</param>
internal sealed class Recorder(AssetDatabase database, string? directory, ErrorReport report)
{
    private readonly Lock _database = new();
    private readonly Lock _lock = new();
    private List<AssetResult> _results = [];

    internal void Add(AssetResult result)
    {
        lock (_lock)
        {
            _results.Add(result);
        }
    }

    /// <summary>The next selected rows.</summary>
    internal IReadOnlyList<AssetRow> Selected(long after, int most)
    {
        lock (_database)
        {
            return database.Selected(after, most, withItems: false);
        }
    }

    /// <summary>Stores everything that was added.</summary>
    /// <exception cref="DownloadException">The database cannot be written.</exception>
    internal void Flush()
    {
        lock (_database)
        {
            List<AssetResult> results;
            lock (_lock)
            {
                (results, _results) = (_results, []);
            }

            if (results.Count == 0)
            {
                return;
            }

            try
            {
                if (directory is not null && results.Exists(result => result.Error is null))
                {
                    FinalName.TryFlushFileSystem(directory);
                }

                database.Store(results);
                foreach (var failed in results.Where(result => result.Error is not null))
                {
                    report.Add(failed.Row, failed.Error!);
                }

                report.Flush();
            }
            catch (Exception error) when (error is SqliteException || DiskErrors.IsDiskError(error))
            {
                throw DatabaseErrors.Describe(error, database.Path);
            }
        }
    }
}
