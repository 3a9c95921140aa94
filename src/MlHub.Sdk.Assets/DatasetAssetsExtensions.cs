using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using MlHub.Sdk.Assets;
using MlHub.Sdk.Assets.Locks;
using MlHub.Sdk.Assets.Record;
using MlHub.Sdk.Assets.Reports;
using MlHub.Sdk.Assets.Sharding;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk;

/// <summary>Lists and downloads the assets of a dataset.</summary>
public static class DatasetAssetsExtensions
{
    /// <summary>Downloads the selected assets of a dataset, many at the same time. A failed download does not stop the others.</summary>
    /// <remarks>
    /// <para>
    /// The catalogue is stored as <c>{output}/{dataset}.tar.gz</c>, and its STAC files in <c>{output}/{dataset}</c>. Assets are stored as
    /// <c>{output}/{dataset}/{collection}/{item}/{key}{ext}</c>, as in the Python client; files that all items of a collection share, and assets of a collection itself, as
    /// <c>{collection}/_common/{key}{ext}</c> and <c>{collection}/{key}{ext}</c>. Names are made safe for Windows, Linux and macOS.
    /// </para>
    /// <para>
    /// Every asset of the dataset is a row in <c>{output}/{dataset}/mlhub_stac_assets.db</c> (SQLite), with the result of its download. After an interruption, or if the process
    /// is killed, run the download again: it sends requests only for what is missing. One run at a time may use a directory; another one waits, or fails
    /// (<see cref="DownloadOptions.IfLocked"/>). Failures are listed in <c>err_report.csv</c>, in the columns of the Python client.
    /// </para>
    /// <para>The API key is sent only to addresses under the root URL.</para>
    /// </remarks>
    /// <param name="dataset">The dataset.</param>
    /// <param name="outputDirectory">The directory. It is created if necessary. <c>~</c> is the home directory. Null means the current directory.</param>
    /// <param name="options">Which assets to download, and how. Null means the defaults.</param>
    /// <param name="progress">Receives the progress of the assets. The catalogue is not counted.</param>
    /// <param name="cancellationToken">Cancels the download. It can be resumed.</param>
    /// <returns>What became of the assets. All are complete.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the dataset has no such collection or key. No request for an asset is sent.</exception>
    /// <exception cref="NoAssetsSelectedException">The filters select nothing. The exception names the filter.</exception>
    /// <exception cref="AssetsFailedException">Some assets could not be downloaded. The others are complete.</exception>
    /// <exception cref="EntityDoesNotExistException">The hub has neither a catalogue nor collections of the dataset.</exception>
    /// <exception cref="DownloadException">The catalogue could not be downloaded, the disk is full, or another run uses the directory.</exception>
    /// <exception cref="InvalidOperationException">The dataset was created by <see cref="Dataset.FromJson"/> without a client.</exception>
    /// <example>
    /// <code>
    /// var dataset = await client.Datasets.GetAsync("ref_african_crops_kenya_01");
    /// var result = await dataset.DownloadAssetsAsync("data", new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["B04", "B08"] } });
    /// Console.WriteLine($"{result.Downloaded} downloaded, {result.AlreadyThere} were already there");
    /// </code>
    /// </example>
    public static async Task<DatasetAssetsResult> DownloadAssetsAsync(
        this Dataset dataset,
        string? outputDirectory = null,
        DatasetAssetsOptions? options = null,
        IProgress<AssetsProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        options = DatasetAssetsOptions.Checked(options);
        var output = Expand(outputDirectory ?? ".");
        return await Run(dataset, options, output).DownloadAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the selected assets of a dataset, without downloading them.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="options">Which assets to list. Null means all. What only concerns downloads has no effect.</param>
    /// <param name="outputDirectory">
    /// The directory for the catalogue and the database, which later lists and downloads use again. Null means that they are removed at the end.
    /// </param>
    /// <param name="cancellationToken">Cancels the list.</param>
    /// <returns>The assets, in the order of the catalogue. A file that items share occurs once. No asset is kept in memory.</returns>
    /// <exception cref="ArgumentException">An option is invalid, or the dataset has no such collection or key.</exception>
    /// <exception cref="NoAssetsSelectedException">The filter selects nothing.</exception>
    /// <exception cref="EntityDoesNotExistException">The hub has neither a catalogue nor collections of the dataset.</exception>
    /// <exception cref="DownloadException">The catalogue could not be downloaded.</exception>
    public static IAsyncEnumerable<DatasetAsset> ListAssetsAsync(
        this Dataset dataset, DatasetAssetsOptions? options = null, string? outputDirectory = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return ListAsync(dataset, DatasetAssetsOptions.Checked(options), outputDirectory is null ? null : Expand(outputDirectory), cancellationToken);
    }

    /// <summary>Counts the files and bytes of each collection that a filter selects, and those that each part of the filter drops. No request for an asset is sent.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="options">Which assets. Null means all. What only concerns downloads has no effect.</param>
    /// <param name="outputDirectory">
    /// The directory for the catalogue and the database, which later lists and downloads use again. Null means that they are removed at the end.
    /// </param>
    /// <param name="cancellationToken">Cancels the count.</param>
    /// <returns>The numbers. Sizes are those in the catalogue (<c>file:size</c>).</returns>
    /// <exception cref="ArgumentException">An option is invalid, or the dataset has no such collection or key.</exception>
    /// <exception cref="NoAssetsSelectedException">The filter selects nothing.</exception>
    /// <exception cref="EntityDoesNotExistException">The hub has neither a catalogue nor collections of the dataset.</exception>
    /// <exception cref="DownloadException">The catalogue could not be downloaded.</exception>
    public static Task<AssetsEstimate> EstimateAssetsAsync(
        this Dataset dataset, DatasetAssetsOptions? options = null, string? outputDirectory = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        options = DatasetAssetsOptions.Checked(options);
        return InDirectoryAsync(outputDirectory, output => Run(dataset, options, output).EstimateAsync(keepsCatalogue: outputDirectory is not null, cancellationToken));
    }

    /// <summary>Downloads what failed in an earlier run, with the options of that run.</summary>
    /// <param name="client">The client.</param>
    /// <param name="report">The report of that run: <see cref="DatasetAssetsResult.ReportPath"/>.</param>
    /// <param name="change">Changes options that do not decide which files are downloaded, or where they go. Null changes none.</param>
    /// <param name="progress">Receives the progress of the assets.</param>
    /// <param name="cancellationToken">Cancels the download. It can be resumed.</param>
    /// <returns>What became of these assets. All are complete.</returns>
    /// <exception cref="FormatException">The file is not a report.</exception>
    /// <exception cref="IOException">The report cannot be read.</exception>
    /// <exception cref="AssetsFailedException">Some assets could not be downloaded. The others are complete.</exception>
    /// <exception cref="MlHubException">As <see cref="DownloadAssetsAsync"/>.</exception>
    public static async Task<DatasetAssetsResult> RetryAssetsAsync(
        this MlHubClient client, string report, Action<DatasetAssetsOptions>? change = null, IProgress<AssetsProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var (datasetId, output, options, failed) = RunReport.Read(Expand(report));
        change?.Invoke(options);
        var dataset = options.ItemsFile is null
            ? await client.Datasets.GetAsync(datasetId, cancellationToken).ConfigureAwait(false)
            : Dataset.FromJson(JsonElement.Parse($$"""{"id": "{{JsonEncodedText.Encode(datasetId)}}"}"""), client);

        options = DatasetAssetsOptions.Checked(options) with { OnlyPaths = failed };
        return await Run(dataset, options, output).DownloadAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks that all shards of a download are complete, and joins their databases to one, as if one run had downloaded everything.</summary>
    /// <param name="directories">The output directories of the shards, or the directories of the dataset in them.</param>
    /// <param name="outputDirectory">The output directory for the joined database, which is in the directory of the dataset there. Null means the directory of the first shard.</param>
    /// <returns>The union.</returns>
    /// <exception cref="IncompleteShardsException">Shards are missing, or lack files. Nothing was written.</exception>
    /// <exception cref="ArgumentException">A directory has no shards, or they do not belong together.</exception>
    /// <exception cref="DownloadException">A database cannot be read or written.</exception>
    public static MergedShards MergeAssetShards(IReadOnlyList<string> directories, string? outputDirectory = null)
    {
        ArgumentNullException.ThrowIfNull(directories);
        if (directories.Count == 0)
        {
            throw new ArgumentException("Give the output directories of the shards.", nameof(directories));
        }

        try
        {
            return ShardMerge.Run([.. directories.Select(directory => Expand(directory))], outputDirectory is null ? null : Expand(outputDirectory));
        }
        catch (Exception error) when (error is SqliteException || DiskErrors.IsDiskError(error))
        {
            throw DatabaseErrors.Describe(error, outputDirectory ?? directories[0]);
        }
    }

    /// <summary>Writes a lock of downloaded assets: the selection, the SHA-256 of each file, and splits. With it, the same bytes can be downloaded again (<see cref="DatasetAssetsOptions.LockFile"/>).</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="lockFile">The path of the lock. An existing one is replaced.</param>
    /// <param name="outputDirectory">The directory of the download. Null means the current directory.</param>
    /// <param name="options">Which assets, and their layout. Null means all.</param>
    /// <param name="splits">The splits with their shares, which are 1 together, for example <c>train</c> 0.8 and <c>test</c> 0.2. All assets of an item are in one split. Null for no splits.</param>
    /// <param name="seed">Decides which items are in which split.</param>
    /// <param name="cancellationToken">Cancels the lock.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="ArgumentException">An option or a split is invalid.</exception>
    /// <exception cref="NoAssetsSelectedException">The filter selects nothing.</exception>
    /// <exception cref="MlHubException">Some of the files are not there: download them first.</exception>
    public static async Task<LockedDataset> LockAssetsAsync(
        this Dataset dataset,
        string lockFile,
        string? outputDirectory = null,
        DatasetAssetsOptions? options = null,
        IReadOnlyDictionary<string, double>? splits = null,
        int seed = 0,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        splits ??= new Dictionary<string, double>();
        if (LockSplits.WhyNot(splits) is { } why)
        {
            throw new ArgumentException(why, nameof(splits));
        }

        return await Run(dataset, DatasetAssetsOptions.Checked(options), Expand(outputDirectory ?? ".")).WriteLockAsync(Expand(lockFile), splits, seed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the items of the selected assets as stac-geoparquet, a table that data tools read without this library.</summary>
    /// <remarks>
    /// <para>
    /// Each item is a row: its <c>id</c>, <c>collection</c>, <c>geometry</c> (WKB), <c>bbox</c> (a struct), <c>links</c>, its selected <c>assets</c> (a struct for each key), and its properties
    /// as columns. Times are timestamps. <c>href</c> of an asset is its absolute address, and <c>file:local_path</c> the path of its file in the directory of the dataset. Values that have
    /// several types in different items are the text of their JSON.
    /// </para>
    /// <para>The catalogue is read twice. At most one row group of 10,000 items or about 8 MiB is in memory.</para>
    /// </remarks>
    /// <param name="dataset">The dataset.</param>
    /// <param name="file">Gets the bytes, from the beginning to the end. It is not closed.</param>
    /// <param name="options">Which assets. Null means all. What only concerns downloads has no effect.</param>
    /// <param name="outputDirectory">
    /// The directory for the catalogue and the database, which later lists and downloads use again. Null means that they are removed at the end.
    /// </param>
    /// <param name="cancellationToken">Cancels the writing. The file is then not complete.</param>
    /// <returns>The number of items. Assets of a collection itself are in no row.</returns>
    /// <exception cref="ArgumentException">An option is invalid, or the dataset has no such collection or key.</exception>
    /// <exception cref="NoAssetsSelectedException">The filter selects nothing.</exception>
    /// <exception cref="EntityDoesNotExistException">The hub has neither a catalogue nor collections of the dataset.</exception>
    /// <exception cref="DownloadException">The catalogue could not be downloaded.</exception>
    /// <exception cref="MlHubException">The items need more than 4000 columns.</exception>
    public static Task<long> WriteStacGeoParquetAsync(
        this Dataset dataset, Stream file, DatasetAssetsOptions? options = null, string? outputDirectory = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(file);
        options = DatasetAssetsOptions.Checked(options);
        return InDirectoryAsync(outputDirectory, output => Run(dataset, options, output).WriteParquetAsync(file, keepsCatalogue: outputDirectory is not null, cancellationToken));
    }

    private static async IAsyncEnumerable<DatasetAsset> ListAsync(
        Dataset dataset, DatasetAssetsOptions options, string? outputDirectory, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var temporary = outputDirectory is null ? Directory.CreateTempSubdirectory("mlhub-") : null;
        try
        {
            await foreach (var asset in Run(dataset, options, outputDirectory ?? temporary!.FullName).ListAsync(keepsCatalogue: temporary is null, cancellationToken).ConfigureAwait(false))
            {
                yield return asset;
            }
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    // In a directory that is removed at the end, if none is given.
    private static async Task<T> InDirectoryAsync<T>(string? outputDirectory, Func<string, Task<T>> run)
    {
        var temporary = outputDirectory is null ? Directory.CreateTempSubdirectory("mlhub-") : null;
        try
        {
            return await run(outputDirectory is null ? temporary!.FullName : Expand(outputDirectory)).ConfigureAwait(false);
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private static AssetsRun Run(Dataset dataset, DatasetAssetsOptions options, string output) => new(
        dataset, Locked(options, dataset.Id) with { ItemsFile = ItemsFile(options), AssetDirectory = options.AssetDirectory is { } own ? Expand(own) : null }, output, options.AssetDirectory is { } assets ? Expand(assets) : output);

    // The layout is that of the lock.
    private static DatasetAssetsOptions Locked(DatasetAssetsOptions options, string datasetId)
    {
        if (options.LockFile is null)
        {
            return options;
        }

        var (path, head) = (Expand(options.LockFile), ReadLock(Expand(options.LockFile), nameof(options)));
        return head.DatasetId == datasetId ? options with { LockFile = path, Layout = head.Layout }
            : throw new ArgumentException($"The lock '{path}' is that of the dataset '{head.DatasetId}', not of '{datasetId}'.", nameof(options));
    }

    private static AssetsLock ReadLock(string path, string parameter)
    {
        try
        {
            return AssetsLock.Read(path);
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException(error is FormatException ? error.Message : $"The lock '{path}' cannot be read: {FileErrors.Reason(error, path)}.", parameter, error);
        }
    }

    private static string? ItemsFile(DatasetAssetsOptions options) =>
        options.ItemsFile is not { } file ? null
        : Expand(file) is var path && File.Exists(path) ? path
        : throw new ArgumentException($"The file of items '{path}' does not exist.", nameof(options));

    private static string Expand(string path, [CallerArgumentExpression(nameof(path))] string? parameter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path, parameter);
        return Path.GetFullPath(SettingsEnvironment.Process.ExpandTilde(path));
    }
}
