namespace MlHub.Server;

/// <summary>Finds the conditions of an expression that an index can evaluate: those that each item must meet by its id, collection, time or box.</summary>
internal static class Candidates
{
    /// <summary>The query with narrower conditions. It matches the same items, because the filter stays as it is.</summary>
    public static HubItemQuery Narrow(HubItemQuery query, Cql? expression) => expression switch
    {
        Cql.Operation { Name: "and" } and => and.Arguments.Aggregate(query, Narrow),
        Cql.Operation { Arguments: [Cql.Property property, Cql.Constant constant] } condition => ByValue(query, condition.Name, property.Name, constant.Value),
        Cql.Intersects { Shape: Cql.Property { Name: "geometry" } } intersects when query.Bbox is null && !intersects.Area.IsEmpty => query with { Bbox = ItemFields.Box(intersects.Area.EnvelopeInternal) },
        _ => query,
    };

    private static HubItemQuery ByValue(HubItemQuery query, string comparison, string property, object? value) => (property, comparison, value) switch
    {
        ("id", "=", string id) when query.Ids.Count == 0 => query with { Ids = [id] },
        ("id", "in", object?[] ids) when query.Ids.Count == 0 && ids.Length > 0 => query with { Ids = [.. ids.OfType<string>()] },
        ("collection", "=", string id) when query.Collections.Count == 0 => query with { Collections = [id] },
        ("collection", "in", object?[] ids) when query.Collections.Count == 0 && ids.OfType<string>().Any() => query with { Collections = [.. ids.OfType<string>().Distinct()] },
        ("datetime" or "properties.datetime", _, Moments time) => ByTime(query, comparison, time),
        _ => query,
    };

    private static HubItemQuery ByTime(HubItemQuery query, string comparison, Moments time) => comparison switch
    {
        ">" or ">=" or "t_after" => query with { From = Later(query.From, time.Start) },
        "<" or "<=" or "t_before" => query with { To = Earlier(query.To, time.End) },
        "=" or "t_intersects" or "t_during" or "t_equals" => query with { From = Later(query.From, time.Start), To = Earlier(query.To, time.End) },
        _ => query,
    };

    private static DateTimeOffset Later(DateTimeOffset? first, DateTimeOffset second) => first > second ? first.Value : second;

    private static DateTimeOffset Earlier(DateTimeOffset? first, DateTimeOffset second) => first < second ? first.Value : second;
}
