using System.Globalization;

namespace MlHub.Hub.Index;

/// <summary>Conditions of SQL that must all be met, with their values.</summary>
internal sealed class SqlCondition
{
    private readonly List<string> _parts = [];
    private readonly List<object> _values = [];

    /// <summary>The values, in the order of the expression.</summary>
    internal IReadOnlyList<object> Values => _values;

    /// <summary>Adds a condition.</summary>
    /// <param name="sql">An expression over the columns, with <c>?</c> for each value.</param>
    /// <param name="values">The values.</param>
    internal SqlCondition And(string sql, params ReadOnlySpan<object> values)
    {
        _parts.Add(sql);
        _values.AddRange(values);
        return this;
    }

    /// <summary>The conditions as <c> AND (…)</c>, with their values numbered from <paramref name="first"/>: <c>$1</c>, <c>$2</c>.</summary>
    internal string Sql(int first) => string.Concat(_parts.Select(part => " AND (" + string.Concat(part.Split('?').Select((text, i) =>
        i == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"${first++}{text}"))) + ")"));
}
