using System.Runtime.CompilerServices;
using MlHub.Sdk.Assets;

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
        dataset, options with { ItemsFile = ItemsFile(options) }, output, options.AssetDirectory is { } assets ? Expand(assets) : output);

    private static string? ItemsFile(DatasetAssetsOptions options) =>
        options.ItemsFile is not { } file ? null
        : Expand(file) is var path && File.Exists(path) ? path
        : throw new ArgumentException($"The file of items '{path}' does not exist.", nameof(options));

    private static string Expand(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path, "outputDirectory");
        return Path.GetFullPath(SettingsEnvironment.Process.ExpandTilde(path));
    }
}
