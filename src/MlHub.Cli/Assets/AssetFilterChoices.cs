using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The options that select assets of a dataset.</summary>
internal sealed class AssetFilterChoices
{
    private readonly Option<string[]> _collections = new Option<string[]>("--collection")
    {
        HelpName = "ID[:KEY,KEY]",
        Description = "Only assets of this collection, and only with these keys if there are any. Can be repeated. Ids and keys may contain * and ?.",
    }.NotEmpty();

    private readonly Option<string[]> _keys = new Option<string[]>("--key")
    {
        HelpName = "KEY",
        Description = "Only assets with this key, for example B04 or 'B*'. Can be repeated: one of them must match.",
    }.NotEmpty();

    private readonly Option<string[]> _roles = new Option<string[]>("--role")
    {
        HelpName = "ROLE",
        Description = "Only assets with this role, for example data. Can be repeated: an asset must have one of them.",
    }.NotEmpty();

    private readonly Option<string[]> _types = new Option<string[]>("--type")
    {
        HelpName = "TYPE",
        Description = "Only assets of this media type, for example image/tiff or 'image/*'. Can be repeated: one of them must match.",
    }.NotEmpty();

    private readonly Option<Bbox> _bbox = new("--bbox")
    {
        HelpName = "W,S,E,N",
        Description = "Only assets of items whose bounding box touches this one: west, south, east, north in degrees.",
        CustomParser = Values.Parsed("--bbox", Bbox.Parse),
    };

    private readonly Option<string> _intersects = new Option<string>("--intersects")
    {
        HelpName = "FILE",
        Description = "Only assets of items that touch the area in this GeoJSON file: a geometry, a Feature or a FeatureCollection.",
    }.NotEmpty();

    private readonly Option<SpatialTest> _spatial = new("--spatial")
    {
        HelpName = "geometry|bbox",
        Description = "What --intersects compares the area with: the geometry of the item, or its bounding box as in the Python client. Default: geometry.",
        CustomParser = Values.OneOf("--spatial", ("geometry", SpatialTest.Geometry), ("bbox", SpatialTest.Bbox)),
    };

    private readonly Option<TemporalInterval> _time = new("--datetime")
    {
        HelpName = "T",
        Description = "Only assets of items of this time (RFC 3339), or of an interval: T/T, T/.. or ../T. A time without a zone is UTC.",
        CustomParser = Values.Parsed("--datetime", TemporalInterval.Parse),
    };

    private Option[] All => [_collections, _keys, _roles, _types, _bbox, _intersects, _spatial, _time];

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The first of these options that is given. Null if none is.</summary>
    public string? FirstGiven(CommandRun run) => All.FirstOrDefault(option => run.Parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <exception cref="WrongUsageException">The file of <c>--intersects</c> cannot be read, or is not GeoJSON.</exception>
    public AssetFilter Filter(CommandRun run) => new()
    {
        Collections = Collections(run.Value(_collections) ?? []),
        Keys = run.Value(_keys) ?? [],
        Roles = run.Value(_roles) ?? [],
        MediaTypes = run.Value(_types) ?? [],
        Bbox = run.Value(_bbox),
        Intersects = run.Value(_intersects) is { } path ? AreaFile.Read(path) : null,
        Spatial = run.Value(_spatial),
        DateTime = run.Value(_time),
    };

    /// <summary>The option of a filter of the library.</summary>
    public static string? NameOf(string? filter) => filter switch
    {
        nameof(AssetFilter.Collections) => "--collection",
        nameof(AssetFilter.Keys) => "--key",
        nameof(AssetFilter.Roles) => "--role",
        nameof(AssetFilter.MediaTypes) => "--type",
        nameof(AssetFilter.Bbox) => "--bbox",
        nameof(AssetFilter.Intersects) => "--intersects",
        nameof(AssetFilter.DateTime) => "--datetime",
        _ => null,
    };

    // "id" selects all keys, also if "id:key" is given too.
    private static Dictionary<string, IReadOnlyList<string>> Collections(string[] values) => values
        .Select(value => value.Split(':', 2))
        .GroupBy(parts => parts[0], parts => parts.Length == 1 ? [] : parts[1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)(group.Any(keys => keys.Length == 0) ? [] : [.. group.SelectMany(keys => keys)]), StringComparer.Ordinal);
}
