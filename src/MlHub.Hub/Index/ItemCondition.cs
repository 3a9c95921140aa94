using System.Globalization;

namespace MlHub.Hub.Index;

/// <summary>What items must meet.</summary>
internal sealed class ItemCondition
{
    private readonly List<(string Sql, object[] Values)> _parts = [];

    /// <summary>The values, in the order of the expression.</summary>
    internal IEnumerable<object> Values => _parts.SelectMany(part => part.Values);

    internal bool IsEmpty => _parts.Count == 0;

    /// <summary>Adds a part.</summary>
    /// <param name="sql">An expression over the columns, with <c>?</c> for each value.</param>
    /// <param name="values">The values.</param>
    internal ItemCondition And(string sql, params object[] values)
    {
        _parts.Add((sql, values));
        return this;
    }

    /// <summary>The same condition with one more part.</summary>
    internal ItemCondition With(string sql, params object[] values)
    {
        var copy = new ItemCondition();
        copy._parts.AddRange(_parts);
        return copy.And(sql, values);
    }

    /// <summary>The expression, with its values numbered from <paramref name="first"/>.</summary>
    internal string Sql(int first) => string.Concat(_parts.Select(part => " AND (" + string.Concat(part.Sql.Split('?').Select((text, i) =>
        i == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"${first++}{text}"))) + ")"));
}
