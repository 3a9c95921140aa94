using System.CommandLine;
using System.Globalization;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub items</c>: list, search, show, download.</summary>
internal static class ItemsCommand
{
    private static readonly Column<Item>[] Columns =
    [
        new("ID", item => item.Id),
        new("Time", item => Times.Of(item.Time)),
        new("Bbox", item => item.Bbox?.ToString(), ColumnKind.Numbers),
        new("Assets", item => item.Assets.Count.ToString(CultureInfo.InvariantCulture)),
    ];

    public static Command Create(CommandFactory factory) => new("items", "STAC items: the images and labels of a collection. They need an API key.")
    {
        ItemsListCommand.Create(factory, Columns),
        ItemsSearchCommand.Create(factory),
        Show(factory),
        ItemsDownloadCommand.Create(factory),
    };

    /// <summary>The fields of an item. A model is an item too.</summary>
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

    private static Command Show(CommandFactory factory)
    {
        var collection = new Argument<string>("COLLECTION") { Description = "The collection's id." };
        var id = new Argument<string>("ITEM") { Description = "The item's id." };
        return factory.WithBody(new Command("show", "Show one item.") { collection.NotEmpty(), id.NotEmpty() }, async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var item = await client.Collections.GetItemAsync(run.Value(collection), run.Value(id), token).ConfigureAwait(false);
            await run.Results.SingleAsync(item.ToJson(), () => Fields(item)).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }
}
