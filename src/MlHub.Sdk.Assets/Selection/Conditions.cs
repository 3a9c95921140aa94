using MlHub.Sdk.Assets.Catalogue;
using MlHub.Sdk.Assets.Record;

namespace MlHub.Sdk.Assets.Selection;

/// <summary>Translates a filter to conditions on the rows of the database, and checks it against what the dataset has.</summary>
internal static class Conditions
{
    private const double FullCircle = 360;

    // A message with more names would not help.
    private const int MaxNamesInMessage = 30;

    /// <summary>The conditions, in the order in which they are reported.</summary>
    internal static IReadOnlyList<Condition> Of(AssetFilter filter) =>
    [
        .. filter.Collections.Count > 0 ? [OfCollections(filter.Collections)] : (Condition[])[],
        .. filter.Keys.Count > 0 ? [Any(nameof(AssetFilter.Keys), Groups(filter.Keys), keys => Names("asset_key", keys))] : (Condition[])[],
        .. filter.Roles.Count > 0 ? [Any(nameof(AssetFilter.Roles), filter.Roles, role => ("EXISTS (SELECT 1 FROM json_each(roles_json) WHERE value = {0})", [role]))] : (Condition[])[],
        .. filter.MediaTypes.Count > 0 ? [Any(nameof(AssetFilter.MediaTypes), filter.MediaTypes, MediaType)] : (Condition[])[],
        .. filter.DateTime is { } time ? [OfTime(time)] : (Condition[])[],
        .. filter.Bbox is { } box ? [OfItems(nameof(AssetFilter.Bbox), Touching("", box))] : (Condition[])[],
        .. filter.Intersects is { } area ? [OfArea(new Area(area), filter.Spatial)] : (Condition[])[],
    ];

    /// <summary>Refuses collections and keys that the dataset does not have. Names with * or ? are not refused.</summary>
    /// <exception cref="ArgumentException">The message lists what the dataset has.</exception>
    internal static void RequireExisting(AssetFilter filter, AssetDatabase database, string datasetId, string parameter)
    {
        var collections = database.Collections();
        foreach (var (id, keys) in filter.Collections)
        {
            Require(id, collections, $"The dataset '{datasetId}' has no collection '{id}'", parameter);
            foreach (var key in keys.Where(key => !IsPattern(id) && !IsPattern(key)))
            {
                Require(key, database.Keys(id), $"The collection '{id}' has no asset '{key}'", parameter);
            }
        }

        var known = filter.Keys.Count > 0 ? database.Keys(collectionId: null) : [];
        foreach (var key in filter.Keys)
        {
            Require(key, known, $"The dataset '{datasetId}' has no asset '{key}'", parameter);
        }
    }

    private static void Require(string name, IReadOnlyList<string> known, string problem, string parameter)
    {
        if (!IsPattern(name) && !known.Contains(name, StringComparer.Ordinal))
        {
            var more = known.Count > MaxNamesInMessage ? $" and {known.Count - MaxNamesInMessage} more" : "";
            throw new ArgumentException($"{problem}. It has: {string.Join(", ", known.Take(MaxNamesInMessage))}{more}.", parameter);
        }
    }

    private static bool IsPattern(string name) => name.AsSpan().ContainsAny('*', '?', '[');

    private static Condition OfCollections(IReadOnlyDictionary<string, IReadOnlyList<string>> collections) => Any(nameof(AssetFilter.Collections), collections, pair =>
    {
        var (sql, values) = Name("collection_id", pair.Key);
        if (pair.Value.Count == 0)
        {
            return (sql, values);
        }

        var keys = Groups(pair.Value).Select(group => Names("asset_key", group)).ToArray();
        return ($"{sql} AND ({string.Join(" OR ", keys.Select((key, index) => key.Sql.Replace("{0}", $"{{{index + 1}}}", StringComparison.Ordinal)))})", [pair.Key, .. keys.SelectMany(key => key.Values)]);
    });

    // A name that is also a pattern may be meant as it is.
    private static (string Sql, object[] Values) Name(string column, string name) =>
        (IsPattern(name) ? $"({column} = {{0}} OR {column} GLOB {{0}})" : $"{column} = {{0}}", [name]);

    // Many plain names are one value: an expression of SQLite may have only a thousand levels.
    private static IEnumerable<IReadOnlyList<string>> Groups(IReadOnlyList<string> names) =>
        [.. names.All(IsPattern) ? Array.Empty<IReadOnlyList<string>>() : [[.. names.Where(name => !IsPattern(name))]], .. names.Where(IsPattern).Select(pattern => (IReadOnlyList<string>)[pattern])];

    private static (string Sql, object[] Values) Names(string column, IReadOnlyList<string> names) => names is [var one] ? Name(column, one)
        : ($"{column} IN (SELECT value FROM json_each({{0}}))", [JsonFields.WriteTexts(names)]);

    private static (string Sql, object[] Values) MediaType(string type) =>
        ("upper(media_type) = {0} OR rtrim(substr(upper(media_type), 1, instr(media_type || ';', ';') - 1)) GLOB {0}", [type.Trim().ToUpperInvariant()]);

    private static Condition OfTime(TemporalInterval time) => OfItems(
        nameof(AssetFilter.DateTime), ("time_start <= {0} AND time_end >= {1}", [time.End?.UtcTicks ?? long.MaxValue, time.Start?.UtcTicks ?? 0L]));

    private static Condition OfArea(Area area, SpatialTest test) => test == SpatialTest.Bbox
        ? OfItems(nameof(AssetFilter.Intersects), Touching("", area.Box)) with { Exact = (_, place) => place is not null && area.Intersects(ItemShape.OfBox(place)) }
        : OfItems(nameof(AssetFilter.Intersects), Touching("shape_", area.Box)) with { Exact = (shape, _) => shape is not null && area.Intersects(shape) };

    // The assets of a collection itself have no place and no time, and are not dropped.
    private static Condition OfItems(string filter, (string Sql, object[] Values) test) => new(filter, $"item_id IS NULL OR ({test.Sql})", test.Values);

    // Whether the box of a row touches a box. A box that crosses the antimeridian has its west east of its east, and is two spans of longitude.
    private static (string Sql, object[] Values) Touching(string prefix, Bbox box)
    {
        var values = new List<object> { box.South, box.North };
        var spans = box.East - box.West >= FullCircle ? [] : box.SpansThatTouch().ToArray();
        var tests = spans.Select(span =>
        {
            var (west, east) = ($"{{{values.Count}}}", $"{{{values.Count + 1}}}");
            values.AddRange([span.West, span.East]);
            return $"CASE WHEN {prefix}west <= {prefix}east THEN {prefix}west <= {east} AND {prefix}east >= {west} ELSE {prefix}west <= {east} OR {prefix}east >= {west} END";
        }).ToArray();
        var latitudes = $"{prefix}south <= {{1}} AND {prefix}north >= {{0}}";
        return (tests.Length == 0 ? latitudes : $"{latitudes} AND ({string.Join(" OR ", tests)})", [.. values]);
    }

    // One of several: {0} of each part gets the number of its value among all.
    private static Condition Any<T>(string filter, IEnumerable<T> parts, Func<T, (string Sql, object[] Values)> test)
    {
        var values = new List<object>();
        var sql = new List<string>();
        foreach (var part in parts)
        {
            var (own, ownValues) = test(part);
            sql.Add($"({string.Format(System.Globalization.CultureInfo.InvariantCulture, own, [.. Enumerable.Range(values.Count, ownValues.Length).Select(index => $"{{{index}}}")])})");
            values.AddRange(ownValues);
        }

        return new Condition(filter, string.Join(" OR ", sql), values);
    }
}
