namespace MlHub.Sdk;

/// <summary>The result of downloading the selected assets of a dataset. The numbers are numbers of files: a file that items share counts once.</summary>
public sealed record DatasetAssetsResult
{
    /// <summary>The directory of the assets and of the database.</summary>
    public required string Directory { get; init; }

    /// <summary>The database with a row for each asset (SQLite).</summary>
    public required string DatabasePath { get; init; }

    /// <summary>The path of the list of failures (CSV), with the columns of the Python client. Null if nothing failed.</summary>
    public string? ErrorReportPath { get; init; }

    /// <summary>The path of the report (JSON): the options of the run, its numbers and its failures. <see cref="DatasetAssetsExtensions.RetryAssetsAsync"/> reads it. Null if nothing failed.</summary>
    public string? ReportPath { get; init; }

    /// <summary>The number of files in the selection.</summary>
    public required long Selected { get; init; }

    /// <summary>The number of files that were downloaded.</summary>
    public required long Downloaded { get; init; }

    /// <summary>The number of files that already existed and were not downloaded again.</summary>
    public required long AlreadyThere { get; init; }

    /// <summary>The number of files that could not be downloaded.</summary>
    public required long Failed { get; init; }

    /// <summary>The number of bytes that were downloaded.</summary>
    public required long Bytes { get; init; }

    /// <summary>The entries of the catalogue that were skipped, at most the first 1000.</summary>
    public IReadOnlyList<RefusedEntry> Refused { get; init; } = [];

    /// <summary>The number of entries of the catalogue that were skipped.</summary>
    public long RefusedCount { get; init; }
}
