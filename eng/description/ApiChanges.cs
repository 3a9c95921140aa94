using System.Globalization;

namespace MlHub.Description;

/// <summary>What the step from one description to the next means for those who use the API.</summary>
public static class ApiChanges
{
    /// <summary>Compares two descriptions. Words for people and examples do not count.</summary>
    /// <param name="before">The description that users have.</param>
    /// <param name="after">The description that they are to get.</param>
    /// <returns>The changes, the breaking ones first, and otherwise in the order of the descriptions.</returns>
    public static IReadOnlyList<ApiChange> Between(ApiDescription before, ApiDescription after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var old = ApiSurface.Of(before).ToDictionary(element => element.Id, StringComparer.Ordinal);
        var current = ApiSurface.Of(after).ToDictionary(element => element.Id, StringComparer.Ordinal);

        var removed =
            from element in old.Values
            where !current.ContainsKey(element.Id) && (element.Parent is null || current.ContainsKey(element.Parent))
            select new ApiChange(ApiChangeKind.Removed, element.Name, "", element.BreaksWhenRemoved);
        var added =
            from element in current.Values
            where !old.ContainsKey(element.Id) && (element.Parent is null || old.ContainsKey(element.Parent))
            let isDemanded = element.IsSent && element.Fact(ApiElement.Required) == "true"
            select new ApiChange(ApiChangeKind.Added, element.Name, isDemanded ? "required" : element.Fact(ApiElement.Type) ?? "", isDemanded);
        var changed =
            from element in current.Values
            where old.ContainsKey(element.Id)
            from fact in old[element.Id].Facts.Keys.Union(element.Facts.Keys)
            let was = old[element.Id].Fact(fact)
            let now = element.Fact(fact)
            where was != now
            select new ApiChange(ApiChangeKind.Changed, element.Name, $"{fact} is now {now ?? "not given"}, was {was ?? "not given"}", IsBreaking(element, fact, was, now));

        return [.. removed.Concat(changed).Concat(added).OrderByDescending(change => change.IsBreaking)];
    }

    private static bool IsBreaking(ApiElement element, string fact, string? was, string? now) => fact switch
    {
        "operationId" => false,
        "key" => now == "needed",
        ApiElement.Required => now == "true" ? element.IsSent : element.IsReceived,
        "nullable" => now == "true" ? element.IsReceived : element.IsSent,
        "enum" => (element.IsSent && Lacks(now, was)) || (element.IsReceived && Lacks(was, now)),
        "kinds" => Lacks(now, was),
        "minimum" or "minItems" or "minLength" => element.IsSent && IsHigher(now, was),
        "maximum" or "maxItems" or "maxLength" => element.IsSent && IsHigher(was ?? "∞", now ?? "∞"),
        "pattern" => element.IsSent && now is not null,
        _ => true,
    };

    /// <summary>Whether the list, which stands for everything where it is null, lacks some of what the other has.</summary>
    private static bool Lacks(string? list, string? other) =>
        list is not null && (other is null || other.Split(", ").Except(list.Split(", ")).Any());

    private static bool IsHigher(string? limit, string? other) => Number(limit) > Number(other);

    private static double Number(string? limit) => limit switch
    {
        null => double.NegativeInfinity,
        "∞" => double.PositiveInfinity,
        _ => double.Parse(limit, CultureInfo.InvariantCulture),
    };
}
