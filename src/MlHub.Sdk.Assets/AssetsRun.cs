using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using MlHub.Sdk.Assets.Catalogue;
using MlHub.Sdk.Assets.Fetching;
using MlHub.Sdk.Assets.Layout;
using MlHub.Sdk.Assets.Locks;
using MlHub.Sdk.Assets.Parquet;
using MlHub.Sdk.Assets.Record;
using MlHub.Sdk.Assets.Reports;
using MlHub.Sdk.Assets.Rewriting;
using MlHub.Sdk.Assets.Selection;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets;

/// <summary>A run over the assets of a dataset: fetch the catalogue, record its assets, select, and list or download them.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="options">The options.</param>
/// <param name="outputDirectory">The directory of the catalogue.</param>
/// <param name="assetDirectory">The directory of the assets and of the database.</param>
internal sealed class AssetsRun(Dataset dataset, DatasetAssetsOptions options, string outputDirectory, string assetDirectory)
{
    private const int PageSize = 1000;
    private const int MostRefused = 1000;

    private string? _layout = options.Layout;

    private readonly MlHubClient _client = dataset.Client;
    private readonly string _stacDirectory = Path.Combine(outputDirectory, SafeFileName.Make(dataset.Id));
    private readonly string _directory = Path.Combine(assetDirectory, SafeFileName.Make(dataset.Id));

    private string DatabasePath => Path.Combine(_directory, AssetDatabase.FileNameOf(options.Shard?.ToName()));

    private string ReportPath => Path.Combine(_directory, RunReport.FileNameOf(options.Shard?.ToName()));

    /// <summary>Downloads the selected assets.</summary>
    internal async Task<DatasetAssetsResult> DownloadAsync(IProgress<AssetsProgress>? progress, CancellationToken cancellationToken)
    {
        var catalogue = await FetchCatalogueAsync(progress, cancellationToken).ConfigureAwait(false);
        CreateDirectory();
        using var locked = await LockAsync(options.Download.IfLocked, cancellationToken).ConfigureAwait(false);
        try
        {
            // Only one of several processes writes the STAC files.
            var files = options.Shard is null or { Number: 1 } ? new StacFiles(_stacDirectory) : null;
            using var database = await OpenAsync(catalogue, files, cancellationToken).ConfigureAwait(false);
            Restrict(database);
            database.BeginRun(dataset.Id, FilterJson.Write(options.Filter));
            var selected = Select(database);
            database.MarkFiltered();
            var result = await FetchAsync(database, selected, progress, cancellationToken).ConfigureAwait(false);
            await RewriteAsync(database, catalogue, cancellationToken).ConfigureAwait(false);
            if (result.Failed == 0)
            {
                File.Delete(ReportPath);
                return result;
            }

            RunReport.Write(ReportPath, dataset.Id, outputDirectory, options, result, database.FailedRows(), _client.Redact);
            throw new AssetsFailedException(
                $"{result.Failed} of {selected} assets of '{dataset.Id}' could not be downloaded: '{result.ErrorReportPath}' lists them. Run the download again to try only those.", result);
        }
        catch (Exception error) when (error is SqliteException || DiskErrors.IsDiskError(error))
        {
            throw DatabaseErrors.Describe(error, DatabasePath);
        }
    }

    /// <summary>Lists the selected assets.</summary>
    /// <param name="keepsCatalogue">Whether the STAC files are written.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    internal async IAsyncEnumerable<DatasetAsset> ListAsync(bool keepsCatalogue, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var catalogue = await FetchCatalogueAsync(progress: null, cancellationToken).ConfigureAwait(false);
        using var database = await OpenToReadAsync(catalogue, keepsCatalogue, cancellationToken).ConfigureAwait(false);
        Select(database);
        for (var after = 0L; database.Selected(after, PageSize, withItems: true) is { Count: > 0 } page; after = page[^1].Id)
        {
            foreach (var row in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new DatasetAsset(row);
            }
        }
    }

    /// <summary>Writes a lock of the selected files, which must be there.</summary>
    internal async Task<LockedDataset> WriteLockAsync(string path, IReadOnlyDictionary<string, double> splits, int seed, CancellationToken cancellationToken)
    {
        var catalogue = await FetchCatalogueAsync(progress: null, cancellationToken).ConfigureAwait(false);
        using var database = await OpenToReadAsync(catalogue, keepsCatalogue: true, cancellationToken).ConfigureAwait(false);
        Select(database);
        RequireStored(database);
        var chosen = new LockSplits(splits, seed);
        var (files, bytes) = (0L, 0L);
        var counts = splits.Keys.ToDictionary(name => name, _ => 0L, StringComparer.Ordinal);
        var head = new AssetsLock(
            dataset.Id, await catalogue.DigestAsync(cancellationToken).ConfigureAwait(false), options.Filter, _layout, splits, splits.Count > 0 ? seed : null);
        LockWriter.Write(path, head, Assets());
        return new LockedDataset(path, files, bytes, counts);

        IEnumerable<LockedAsset> Assets()
        {
            foreach (var row in SelectedRows(database))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var file = Path.Combine(_directory, row.Path);
                var digest = LocalFile.DigestOf(file, DigestAlgorithm.Sha256);
                if (FileDigest.TryParse(row.StatedDigest, out var stated) && (stated.Algorithm == DigestAlgorithm.Sha256 ? digest : LocalFile.DigestOf(file, stated.Algorithm)) != stated)
                {
                    throw new MlHubException($"'{file}' has other bytes than the catalogue says. Remove it, download it again, and then lock.");
                }

                var split = chosen.Of(row.CollectionId, row.ItemId, row.IsCommon);
                files++;
                bytes += row.Bytes ?? 0;
                if (split is not null)
                {
                    counts[split]++;
                }

                yield return new LockedAsset(row.Path, row.CollectionId, row.IsCommon ? null : row.ItemId, row.Key, row.Bytes ?? 0, digest.Hex, split);
            }
        }
    }

    /// <summary>Counts the selected assets, and what each filter drops.</summary>
    /// <param name="keepsCatalogue">Whether the STAC files are written.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    internal async Task<AssetsEstimate> EstimateAsync(bool keepsCatalogue, CancellationToken cancellationToken)
    {
        var catalogue = await FetchCatalogueAsync(progress: null, cancellationToken).ConfigureAwait(false);
        using var database = await OpenToReadAsync(catalogue, keepsCatalogue, cancellationToken).ConfigureAwait(false);
        Conditions.RequireExisting(options.Filter, database, dataset.Id, nameof(options));
        var conditions = Conditions.Of(options.Filter);
        var filters = new List<FilterEstimate>();
        database.Select([], Takes);
        var left = database.Estimate();
        for (var count = 1; count <= conditions.Count; count++)
        {
            database.Select([.. conditions.Take(count)], Takes);
            var before = left;
            left = database.Estimate();
            filters.Add(new FilterEstimate
            {
                Filter = conditions[count - 1].Filter,
                Dropped = new DownloadEstimate { Files = before.Files - left.Files, Bytes = before.Bytes - left.Bytes, FilesOfUnknownSize = before.FilesOfUnknownSize - left.FilesOfUnknownSize },
            });
        }

        return left.Files > 0 ? new AssetsEstimate { Total = left, Collections = database.EstimateCollections(), Filters = filters } : throw NothingLeft(database, conditions);
    }

    /// <summary>Writes the items of the selected assets as stac-geoparquet.</summary>
    /// <param name="file">Gets the bytes.</param>
    /// <param name="keepsCatalogue">Whether the STAC files are written.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The number of items.</returns>
    internal async Task<long> WriteParquetAsync(Stream file, bool keepsCatalogue, CancellationToken cancellationToken)
    {
        var catalogue = await FetchCatalogueAsync(progress: null, cancellationToken).ConfigureAwait(false);
        using var database = await OpenToReadAsync(catalogue, keepsCatalogue, cancellationToken).ConfigureAwait(false);
        Select(database);
        return await new StacGeoParquet(database, catalogue, dataset.Id).WriteAsync(file, cancellationToken).ConfigureAwait(false);
    }

    private Task<CatalogueFile> FetchCatalogueAsync(IProgress<AssetsProgress>? progress, CancellationToken cancellationToken)
    {
        var file = progress is null ? null : new FileProgress(change => progress.Report(new AssetsProgress { Selected = 0, Complete = 0, Failed = 0, Bytes = 0, File = change }));
        return new CatalogueSource(_client, dataset, outputDirectory).FetchAsync(options.ItemsFile, options.Download, file, cancellationToken);
    }

    private async Task<AssetDatabase> OpenToReadAsync(CatalogueFile catalogue, bool keepsCatalogue, CancellationToken cancellationToken)
    {
        CreateDirectory();
        try
        {
            using (await LockAsync(IfLocked.Wait, cancellationToken).ConfigureAwait(false))
            {
                var database = await OpenAsync(catalogue, keepsCatalogue ? new StacFiles(_stacDirectory) : null, cancellationToken, onlyReads: true).ConfigureAwait(false);
                Restrict(database);
                return database;
            }
        }
        catch (Exception error) when (error is SqliteException || DiskErrors.IsDiskError(error))
        {
            throw DatabaseErrors.Describe(error, DatabasePath);
        }
    }

    private Task<IDisposable> LockAsync(IfLocked ifLocked, CancellationToken cancellationToken) =>
        RunLock.TakeAsync(DatabasePath + ".mlhub-lock", ifLocked, _client.Downloader.Services?.Time ?? TimeProvider.System, cancellationToken);

    private void CreateDirectory()
    {
        try
        {
            Directory.CreateDirectory(_directory);
        }
        catch (Exception error) when (DiskErrors.IsDiskError(error))
        {
            throw DiskErrors.Describe(error, _directory, resumes: false);
        }
    }

    // A command that only reads leaves the layout of the last download, and a tree that was rewritten, as they are.
    private async Task<AssetDatabase> OpenAsync(CatalogueFile catalogue, StacFiles? files, CancellationToken cancellationToken, bool onlyReads = false)
    {
        var database = AssetDatabase.Open(DatabasePath);
        try
        {
            // The rows have the paths of one layout.
            var bytes = await catalogue.DigestAsync(cancellationToken).ConfigureAwait(false);
            _layout ??= onlyReads ? database.LayoutOf(bytes) : null;
            files = onlyReads && database.HasDocuments ? null : files;
            var digest = $"{bytes} {_layout}".TrimEnd();
            if (!database.IsOf(digest) || (files is not null && !Directory.Exists(_stacDirectory)))
            {
                var places = await PlacesAsync(catalogue, cancellationToken).ConfigureAwait(false);
                await new CatalogueImport(database, places, _client.RootUrl).RunAsync(catalogue, dataset.Id, digest, files, cancellationToken).ConfigureAwait(false);
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    // A template may put an asset where a STAC file, or the folder of one, will be. So all their names are read first.
    private async Task<AssetPlaces> PlacesAsync(CatalogueFile catalogue, CancellationToken cancellationToken)
    {
        var claims = new PathClaims();
        if (_layout is null)
        {
            return new AssetPlaces(dataset.Id, template: null, claims);
        }

        foreach (var name in (string[])[AssetDatabase.FileName, $"{AssetDatabase.FileName}-wal", $"{AssetDatabase.FileName}-shm", $"{AssetDatabase.FileName}-journal", ErrorReport.FileName, RunReport.FileNameOf(null)])
        {
            claims.Reserve(name);
        }

        await foreach (var document in catalogue.ReadAsync(dataset.Id, static _ => { }, cancellationToken).ConfigureAwait(false))
        {
            claims.Reserve(document.Path);
        }

        return new AssetPlaces(dataset.Id, LayoutTemplate.Parse(_layout, nameof(options)), claims);
    }

    // A tree that was once rewritten stays so: its files would have the addresses of some assets, and not of others.
    private async Task RewriteAsync(AssetDatabase database, CatalogueFile catalogue, CancellationToken cancellationToken)
    {
        if (options.Rewrite || database.HasDocuments)
        {
            await new TreeRewriter(database, catalogue, dataset, _stacDirectory, _directory).RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static IEnumerable<AssetRow> SelectedRows(AssetDatabase database)
    {
        for (var after = 0L; database.Selected(after, PageSize, withItems: false) is { Count: > 0 } page; after = page[^1].Id)
        {
            foreach (var row in page)
            {
                yield return row;
            }
        }
    }

    private void RequireStored(AssetDatabase database)
    {
        var (all, missing) = (0L, 0L);
        foreach (var row in SelectedRows(database))
        {
            all++;
            missing += row.IsStored && FileStatus.At(Path.Combine(_directory, row.Path), followsLinks: true) is { IsRegular: true } there && there.Size == row.Bytes ? 0 : 1;
        }

        if (missing > 0)
        {
            throw new MlHubException($"{missing} of {all} selected assets are not in '{_directory}'. Download them first, with the same filters, and then lock.");
        }
    }

    private long Select(AssetDatabase database)
    {
        Conditions.RequireExisting(options.Filter, database, dataset.Id, nameof(options));
        var conditions = Conditions.Of(options.Filter);
        var selected = database.Select(conditions, Takes);
        if ((options.LockFile ?? (options.OnlyPaths is null ? null : "the report")) is { } named && database.Unmatched(most: 4) is { Count: > 0 } unmatched)
        {
            throw new MlHubException($"The catalogue of '{dataset.Id}' has no asset for {Names(unmatched)}, which {(options.LockFile is null ? named : $"the lock '{named}'")} names. The hub has changed.");
        }

        if (selected > 0)
        {
            return selected;
        }

        // A shard may have no file, and a retry nothing to do.
        var mayBeEmpty = options.OnlyPaths is not null || (options.Shard is not null && database.Select(conditions) > 0);
        return mayBeEmpty ? database.Select(conditions, Takes) : throw NothingLeft(database, conditions);
    }

    private Func<string, bool>? Takes => options.Shard is { } shard ? shard.Has : null;

    private void Restrict(AssetDatabase database, string parameter = nameof(options))
    {
        var paths = options.OnlyPaths?.ToHashSet(StringComparer.Ordinal);
        if (options.LockFile is { } locked)
        {
            try
            {
                var count = database.RestrictTo(AssetsLock.ReadAssets(locked).Where(asset => paths?.Contains(asset.Path) != false).Select(asset => (asset.Path, (string?)$"sha-256:{asset.Sha256}")));
                if (count == 0 && paths is null)
                {
                    throw new FormatException($"The lock '{locked}' has no files.");
                }
            }
            catch (FormatException error)
            {
                throw new ArgumentException(error.Message, parameter, error);
            }
        }
        else if (paths is not null)
        {
            _ = database.RestrictTo(paths.Select(path => (path, (string?)null)));
        }
    }

    private static string Names(IReadOnlyList<string> paths) => string.Join(", ", paths.Take(3).Select(path => $"'{path}'")) + (paths.Count > 3 ? " and others" : "");

    private NoAssetsSelectedException NothingLeft(AssetDatabase database, IReadOnlyList<Condition> conditions)
    {
        var (emptiedBy, before) = database.FirstEmpty(conditions);
        return before == 0
            ? new NoAssetsSelectedException($"The catalogue of '{dataset.Id}' has no assets.", filter: null)
            : new NoAssetsSelectedException($"No asset of '{dataset.Id}' is left after the filter {emptiedBy}: {before} {(before == 1 ? "was" : "were")} left before it.", emptiedBy);
    }

    private async Task<DatasetAssetsResult> FetchAsync(
        AssetDatabase database, long selected, IProgress<AssetsProgress>? progress, CancellationToken cancellationToken)
    {
        using var report = new ErrorReport(_directory, dataset.Id, options.Shard?.ToName());
        var flushes = options.Download.FlushToDisk ?? _client.Downloader.Services?.Options.FlushToDisk ?? true;
        var recorder = new Recorder(database, flushes ? _directory : null, report);
        using var fetcher = new AssetFetcher(_client, recorder, _directory, options.Concurrency, options.Download, progress, cancellationToken);
        var counts = await fetcher.RunAsync(selected).ConfigureAwait(false);
        return new DatasetAssetsResult
        {
            Directory = _directory,
            DatabasePath = DatabasePath,
            ErrorReportPath = report.HasFailures ? report.Path : null,
            ReportPath = counts.Failed > 0 ? ReportPath : null,
            Selected = selected,
            Downloaded = counts.Downloaded,
            AlreadyThere = counts.AlreadyThere,
            Failed = counts.Failed,
            Bytes = counts.Bytes,
            Refused = database.Refused(MostRefused),
            RefusedCount = database.RefusedCount(),
        };
    }
}
