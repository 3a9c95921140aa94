using Microsoft.Data.Sqlite;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets.Record;

/// <summary>Translates an error of the database, or of a file beside it, into a <see cref="DownloadException"/>.</summary>
internal static class DatabaseErrors
{
    private const int Full = 13; // SQLITE_FULL

    internal static DownloadException Describe(Exception error, string path) => error switch
    {
        SqliteException { SqliteErrorCode: Full } => new DownloadException(DownloadFailure.DiskFull, $"No space left on the disk of '{path}'. Free some space and run the download again: it resumes.", error) { Path = path },
        SqliteException sqlite => new DownloadException(DownloadFailure.FileSystem, $"The database '{path}' cannot be used: {SqliteErrors.Reason(sqlite)}.", error) { Path = path },
        _ => DiskErrors.Describe(error, path, resumes: true),
    };
}
