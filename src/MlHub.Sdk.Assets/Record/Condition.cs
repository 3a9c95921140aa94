using NetTopologySuite.Geometries;

namespace MlHub.Sdk.Assets.Record;

/// <summary>A condition that the rows of a selection must satisfy.</summary>
/// <param name="Filter">The property of the filter that it comes from.</param>
/// <param name="Sql">An expression over the columns, in which <c>{0}</c>, <c>{1}</c>, … are the values.</param>
/// <param name="Values">The values: texts, numbers.</param>
internal sealed record Condition(string Filter, string Sql, IReadOnlyList<object> Values)
{
    /// <summary>A test of the shape and of the box of an item, for rows that satisfy the expression. Null if the expression is enough.</summary>
    internal Func<Geometry?, Bbox?, bool>? Exact { get; init; }
}
