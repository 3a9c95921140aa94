using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub items search</c>.</summary>
internal sealed class ItemsSearchCommand
{
    private static readonly Column<Item>[] Columns =
    [
        new("ID", item => item.Id),
        new("Collection", item => item.CollectionId),
        new("Time", item => Times.Of(item.Time)),
        new("Assets", item => item.Assets.Count.ToString(CultureInfo.InvariantCulture)),
    ];

    private readonly ItemCount _count = new();

    private readonly Option<string[]> _collections = Texts("--collection", "ID", "Only items of this collection. Can be repeated: an item must be in one of them.");

    private readonly Option<string[]> _ids = Texts("--id", "ID", "Only the item with this id. Can be repeated.");

    private readonly Option<Bbox> _bbox = new("--bbox")
    {
        HelpName = "W,S,E,N",
        Description = "Only items that touch this box: west, south, east, north in degrees.",
        CustomParser = Values.Parsed("--bbox", Bbox.Parse),
    };

    private readonly Option<string> _intersects = new Option<string>("--intersects")
    {
        HelpName = "FILE",
        Description = "Only items that touch the area in this GeoJSON file: a geometry, a Feature or a FeatureCollection.",
    }.NotEmpty();

    private readonly Option<TemporalInterval> _time = new("--datetime")
    {
        HelpName = "T",
        Description = "Only items of this time or day (2019-07-21T00:00:00Z or 2019-07-21), or of an interval: T/T, T/.. or ../T.",
        CustomParser = Values.Parsed("--datetime", TemporalInterval.Parse),
    };

    private readonly Option<string[]> _text = Texts("--text", "TEXT", "Only items that contain this word or phrase. Can be repeated: an item must contain one of them.");

    private readonly Option<string> _filter = new Option<string>("--filter")
    {
        HelpName = "CQL2",
        Description = "Only items that meet this expression in CQL2 text, for example 'eo:cloud_cover < 10'.",
    }.NotEmpty();

    private readonly Option<JsonElement?> _query = new("--query")
    {
        HelpName = "JSON",
        Description = "Only items that meet these conditions of the query extension, for example '{\"eo:cloud_cover\":{\"lt\":10}}'. For hubs without --filter.",
        CustomParser = Values.Parsed("--query", JsonObject),
    };

    private readonly Option<string[]> _sortBy = Texts("--sort-by", "FIELD", "Sort by this field, for example properties.datetime. A - before it means descending order: --sort-by=-properties.datetime. Can be repeated.");

    private readonly Option<string[]> _fields = Texts("--field", "FIELD", "Return only this field, or leave it out if there is a - before it: --field=-assets. Can be repeated. JSON shows all that the hub returns.");

    public static Command Create(CommandFactory factory)
    {
        var options = new ItemsSearchCommand();
        var command = new Command("search", "Search for items in all collections: id, collection, time, number of assets. Not every hub can search.");
        foreach (var option in (Option[])[options._collections, options._ids, options._bbox, options._intersects, options._time, options._text, options._filter, options._query, options._sortBy, options._fields])
        {
            command.Options.Add(option);
        }

        options._count.AddTo(command);
        return factory.WithBody(command, async (run, token) =>
        {
            var search = options.Search(run);
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            await options._count.ShowAsync(run, client.Items.SearchAsync(search, token), Columns, isFilteredHere: false, token).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }

    private ItemSearch Search(CommandRun run)
    {
        var (bbox, intersects) = (run.Value(_bbox), run.Value(_intersects));
        if (bbox is not null && intersects is not null)
        {
            throw new WrongUsageException("--bbox and --intersects cannot be combined.");
        }

        return new ItemSearch
        {
            Limit = _count.Requested(run, isFilteredHere: false),
            PageSize = _count.PageSize(run),
            Collections = run.Value(_collections) ?? [],
            Ids = run.Value(_ids) ?? [],
            Bbox = bbox,
            Intersects = intersects is null ? null : AreaFile.Read(intersects),
            DateTime = run.Value(_time),
            Text = run.Value(_text) ?? [],
            Filter = run.Value(_filter),
            Query = run.Value(_query),
            SortBy = run.Value(_sortBy) ?? [],
            Fields = run.Value(_fields) ?? [],
        };
    }

    private static Option<string[]> Texts(string name, string helpName, string description) =>
        new Option<string[]>(name) { HelpName = helpName, Description = description }.NotEmpty();

    private static JsonElement? JsonObject(string text)
    {
        try
        {
            return JsonElement.Parse(text) is { ValueKind: JsonValueKind.Object } json ? json : throw new FormatException("it must be a JSON object.");
        }
        catch (JsonException)
        {
            throw new FormatException("it must be a JSON object.");
        }
    }
}
