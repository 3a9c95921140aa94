using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using MlHub.Sdk.Assets.Catalogue;
using MlHub.Sdk.Assets.Fetching;
using MlHub.Sdk.Assets.Record;
using MlHub.Sdk.Assets.Selection;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets;

/// <summary>A run over the assets of a dataset: fetch the catalogue, record its assets, select, and list or download them.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="outputDirectory">The directory of the catalogue.</param>
/// <param name="assetDirectory">The directory of the assets and of the database.</param>
internal sealed class AssetsRun(Dataset dataset, string outputDirectory, string assetDirectory)
{
    private const int PageSize = 1000;
    private const int MostRefused = 1000;

    private readonly MlHubClient _client = dataset.Client;
    private readonly string _stacDirectory = Path.Combine(outputDirectory, SafeFileName.Make(dataset.Id));
    private readonly string _directory = Path.Combine(assetDirectory, SafeFileName.Make(dataset.Id));

    private string DatabasePath => Path.Combine(_directory, AssetDatabase.FileName);

    /// <summary>Downloads the selected assets.</summary>
    internal async Task<DatasetAssetsResult> DownloadAsync(DatasetAssetsOptions options, IProgress<AssetsProgress>? progress, CancellationToken cancellationToken)
    {
        var catalogue = await FetchCatalogueAsync(options.Download, progress, cancellationToken).ConfigureAwait(false);
        CreateDirectory();
        using var locked = await LockAsync(options.Download.IfLocked, cancellationToken).ConfigureAwait(false);
        try
        {
            using var database = await OpenAsync(catalogue.Path, new StacFiles(_stacDirectory), cancellationToken).ConfigureAwait(false);
            var selected = Select(database, options.Filter, nameof(options));
            database.MarkFiltered();
            return await FetchAsync(database, selected, options, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SqliteException || DiskErrors.IsDiskError(error))
        {
            throw DatabaseErrors.Describe(error, DatabasePath);
        }
    }

    /// <summary>Lists the selected assets.</summary>
    /// <param name="filter">Which assets.</param>
    /// <param name="keepsCatalogue">Whether the STAC files are written.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    internal async IAsyncEnumerable<DatasetAsset> ListAsync(AssetFilter filter, bool keepsCatalogue, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var catalogue = await FetchCatalogueAsync(new DownloadOptions(), progress: null, cancellationToken).ConfigureAwait(false);
        using var database = await OpenToReadAsync(catalogue.Path, filter, keepsCatalogue ? new StacFiles(_stacDirectory) : null, cancellationToken).ConfigureAwait(false);
        for (var after = 0L; database.Selected(after, PageSize, withItems: true) is { Count: > 0 } page; after = page[^1].Id)
        {
            foreach (var row in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new DatasetAsset(row);
            }
        }
    }

    private async Task<DownloadResult> FetchCatalogueAsync(DownloadOptions options, IProgress<AssetsProgress>? progress, CancellationToken cancellationToken)
    {
        var file = progress is null ? null : new FileProgress(change => progress.Report(new AssetsProgress { Selected = 0, Complete = 0, Failed = 0, Bytes = 0, File = change }));
        try
        {
            return await _client.Catalogs.DownloadAsync(dataset.Id, outputDirectory, options, file, cancellationToken).ConfigureAwait(false);
        }
        catch (DownloadException error) when (error.Reason == DownloadFailure.NameTaken)
        {
            // The hub has moved to another address. Its assets are compared with the new catalogue.
            return await _client.Catalogs.DownloadAsync(dataset.Id, outputDirectory, options with { IfExists = IfExists.Overwrite }, file, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<AssetDatabase> OpenToReadAsync(string catalogue, AssetFilter filter, StacFiles? files, CancellationToken cancellationToken)
    {
        CreateDirectory();
        AssetDatabase? database = null;
        try
        {
            using (await LockAsync(IfLocked.Wait, cancellationToken).ConfigureAwait(false))
            {
                database = await OpenAsync(catalogue, files, cancellationToken).ConfigureAwait(false);
            }

            Select(database, filter, nameof(filter));
            return database;
        }
        catch (Exception error)
        {
            database?.Dispose();
            throw error is SqliteException || DiskErrors.IsDiskError(error) ? DatabaseErrors.Describe(error, DatabasePath) : error;
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

    private async Task<AssetDatabase> OpenAsync(string catalogue, StacFiles? files, CancellationToken cancellationToken)
    {
        var database = AssetDatabase.Open(DatabasePath);
        try
        {
            var digest = await DigestAsync(catalogue, cancellationToken).ConfigureAwait(false);
            if (!database.IsOf(digest))
            {
                await new CatalogueImport(database, _client.RootUrl).RunAsync(catalogue, dataset.Id, digest, files, cancellationToken).ConfigureAwait(false);
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static async Task<string> DigestAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 0 });
        await using (file.ConfigureAwait(false))
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
        }
    }

    private long Select(AssetDatabase database, AssetFilter filter, string parameter)
    {
        Conditions.RequireExisting(filter, database, dataset.Id, parameter);
        var conditions = Conditions.Of(filter);
        if (database.Select(conditions) is > 0 and var selected)
        {
            return selected;
        }

        var (emptiedBy, before) = database.FirstEmpty(conditions);
        throw before == 0
            ? new NoAssetsSelectedException($"The catalogue of '{dataset.Id}' has no assets.", filter: null)
            : new NoAssetsSelectedException($"No asset of '{dataset.Id}' is left after the filter {emptiedBy}: {before} {(before == 1 ? "was" : "were")} left before it.", emptiedBy);
    }

    private async Task<DatasetAssetsResult> FetchAsync(
        AssetDatabase database, long selected, DatasetAssetsOptions options, IProgress<AssetsProgress>? progress, CancellationToken cancellationToken)
    {
        using var report = new ErrorReport(_directory, dataset.Id);
        var flushes = options.Download.FlushToDisk ?? _client.Downloader.Services?.Options.FlushToDisk ?? true;
        var recorder = new Recorder(database, flushes ? _directory : null, report);
        using var fetcher = new AssetFetcher(_client, recorder, _directory, options.Concurrency, options.Download, progress, cancellationToken);
        var (downloaded, alreadyThere, failed, bytes) = await fetcher.RunAsync(selected).ConfigureAwait(false);
        var result = new DatasetAssetsResult
        {
            Directory = _directory,
            DatabasePath = DatabasePath,
            ErrorReportPath = report.HasFailures ? report.Path : null,
            Selected = selected,
            Downloaded = downloaded,
            AlreadyThere = alreadyThere,
            Failed = failed,
            Bytes = bytes,
            Refused = database.Refused(MostRefused),
            RefusedCount = database.RefusedCount(),
        };
        return failed == 0 ? result : throw new AssetsFailedException(
            $"{failed} of {selected} assets of '{dataset.Id}' could not be downloaded: '{report.Path}' lists them. Run the download again to try only those.", result);
    }
}
