using System.Text.Json;

namespace MlHub.Server;

/// <summary>A condition on the content of items: a CQL2 expression, a geometry, words, or several of them. The server creates it from a search.</summary>
public sealed class HubItemFilter
{
    private readonly Cql _expression;

    internal HubItemFilter(Cql expression) => _expression = expression;

    /// <summary>Reads a CQL2 expression in its text encoding (OGC 21-065r2).</summary>
    /// <param name="cql2">The expression, such as <c>eo:cloud_cover &lt; 10 AND platform = 'Sentinel-2'</c>.</param>
    /// <exception cref="FormatException">The text is not CQL2. The message says where and why.</exception>
    public static HubItemFilter Parse(string cql2)
    {
        ArgumentNullException.ThrowIfNull(cql2);
        return new HubItemFilter(CqlText.Read(cql2));
    }

    /// <summary>Whether an item meets the filter. It does not if the result is unknown, because a property is missing (OGC 21-065r2, 6.3.1).</summary>
    /// <param name="item">A STAC item.</param>
    public bool Matches(JsonElement item) => _expression.IsMetBy(item);
}
