using System.CommandLine;
using System.Globalization;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub items</c>: list, show, download.</summary>
internal static class ItemsCommand
{
    private static readonly Column<Item>[] Columns =
    [
        new("ID", item => item.Id),
        new("Time", item => Times.Of(item.Time)),
        new("Bbox", item => item.Bbox?.ToString(), ColumnKind.Numbers),
        new("Assets", item => item.Assets.Count.ToString(CultureInfo.InvariantCulture)),
    ];

    public static Command Create(CommandShell shell) => new("items", "The STAC items of a collection. They need an API key.")
    {
        ItemsListCommand.Create(shell, Columns),
        Show(shell),
        ItemsDownloadCommand.Create(shell),
    };

    /// <summary>The fields of an item, and of a model, which is one.</summary>
    public static (string Name, string? Value)[] Fields(Item item) =>
    [
        ("ID", item.Id),
        ("Collection", item.CollectionId),
        ("Time", Times.Of(item.Time)),
        ("Bbox", item.Bbox?.ToString()),
        ("Geometry", item.Geometry?.GeometryType),
        ("STAC version", item.StacVersion),
        .. item.StacExtensions.Select(extension => ("Extension", (string?)extension)),
        .. item.Assets.Select(asset => ("Asset", (string?)$"{asset.Key} {asset.Value.Href}")),
    ];

    private static Command Show(CommandShell shell)
    {
        var collection = new Argument<string>("COLLECTION") { Description = "The collection's id." };
        var id = new Argument<string>("ITEM") { Description = "The item's id." };
        return shell.Runs(new Command("show", "Show one item.") { collection.NotEmpty(), id.NotEmpty() }, async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var item = await client.Collections.GetItemAsync(run.Value(collection), run.Value(id), token).ConfigureAwait(false);
            await run.Results.ThingAsync(item.ToJson(), () => Fields(item)).ConfigureAwait(false);
            return ExitCode.Done;
        });
    }
}
