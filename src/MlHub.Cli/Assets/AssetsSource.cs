using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The dataset of a command, whose assets are in the catalogue of the hub or in the items of <c>--items</c>, and the layout of its files.</summary>
internal sealed class AssetsSource
{
    private const int BlockSize = 64 * 1024;

    private readonly Argument<string> _dataset = new Argument<string>("DATASET") { Description = "The id or the DOI of the dataset. A DOI contains a slash. With --items, a name for the directory of the files." }.NotEmpty();

    private readonly Option<string> _items = new Option<string>("--items")
    {
        HelpName = "FILE|-",
        Description = "Read STAC items from FILE, or from standard input (-), instead of the catalogue of the hub: an item collection, one item, or lines of JSON.",
    }.NotEmpty();

    private readonly Option<string> _layout = new Option<string>("--layout")
    {
        HelpName = "TEMPLATE",
        Description = "The path of each asset in the directory of the dataset, for example '{collection}/{year}/{item}.{key}{ext}'. Fields: dataset, collection, item, key, ext, year, month, day, date. "
            + "Default: {collection}/{item}/{key}{ext}.",
    }.NotEmpty();

    public void AddTo(Command command)
    {
        command.Arguments.Add(_dataset);
        command.Options.Add(_items);
        command.Options.Add(_layout);
    }

    /// <summary>The options of the library.</summary>
    public DatasetAssetsOptions Options(CommandRun run, AssetFilter filter) => new() { Filter = filter, Layout = run.Value(_layout), ItemsFile = run.Value(_items) };

    /// <summary>Uses the dataset.</summary>
    /// <param name="run">The run.</param>
    /// <param name="client">The client.</param>
    /// <param name="options">The options of <see cref="Options"/>.</param>
    /// <param name="use">What to do.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    public async Task<int> UseAsync(CommandRun run, MlHubClient client, DatasetAssetsOptions options, Func<Dataset, DatasetAssetsOptions, Task<int>> use, CancellationToken cancellationToken)
    {
        if (options.ItemsFile is not { } items)
        {
            return await use(await client.Datasets.GetAsync(run.Value(_dataset), cancellationToken).ConfigureAwait(false), options).ConfigureAwait(false);
        }

        var dataset = Dataset.FromJson(JsonElement.Parse($$"""{"id": "{{JsonEncodedText.Encode(run.Value(_dataset))}}"}"""), client);
        if (items != "-")
        {
            return await use(dataset, options).ConfigureAwait(false);
        }

        // They are read more than once.
        var copy = Path.GetTempFileName();
        try
        {
            await CopyAsync(run.Environment.Input, copy, cancellationToken).ConfigureAwait(false);
            return await use(dataset, options with { ItemsFile = copy }).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static async Task CopyAsync(TextReader from, string path, CancellationToken cancellationToken)
    {
        var block = ArrayPool<char>.Shared.Rent(BlockSize);
        var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        await using (file.ConfigureAwait(false))
        {
            while (await from.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                await file.WriteAsync(block.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
        }

        ArrayPool<char>.Shared.Return(block);
    }
}
