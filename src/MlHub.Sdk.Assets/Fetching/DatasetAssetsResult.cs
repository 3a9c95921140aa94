namespace MlHub.Sdk;

/// <summary>What became of the selected assets of a dataset. The numbers count files: a file that items share counts once.</summary>
public sealed record DatasetAssetsResult
{
    /// <summary>The directory of the assets and of the database.</summary>
    public required string Directory { get; init; }

    /// <summary>The database with a row for each asset (SQLite).</summary>
    public required string DatabasePath { get; init; }

    /// <summary>The list of the failures, in the columns of the Python client. Null if nothing failed.</summary>
    public string? ErrorReportPath { get; init; }

    /// <summary>What the run was asked for, its numbers and its failures, as JSON. <see cref="DatasetAssetsExtensions.RetryAssetsAsync"/> takes it up. Null if nothing failed.</summary>
    public string? ReportPath { get; init; }

    /// <summary>The number of files in the selection.</summary>
    public required long Selected { get; init; }

    /// <summary>The number of files that were downloaded.</summary>
    public required long Downloaded { get; init; }

    /// <summary>The number of files that were already there.</summary>
    public required long AlreadyThere { get; init; }

    /// <summary>The number of files that could not be downloaded.</summary>
    public required long Failed { get; init; }

    /// <summary>The number of bytes that were downloaded.</summary>
    public required long Bytes { get; init; }

    /// <summary>Entries of the catalogue that were left out: the first 1000.</summary>
    public IReadOnlyList<RefusedEntry> Refused { get; init; } = [];

    /// <summary>The number of entries of the catalogue that were left out.</summary>
    public long RefusedCount { get; init; }
}
