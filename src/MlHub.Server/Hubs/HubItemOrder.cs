using System.Text.Json;

namespace MlHub.Server;

/// <summary>
/// Compares items by the fields of a query. Items with equal fields are compared by collection and id, so the order is the same on each page. Create a key of each item once, and
/// compare the keys.
/// </summary>
/// <param name="fields">The fields, the most important first.</param>
public sealed class HubItemOrder(IReadOnlyList<HubSortField> fields) : IComparer<IReadOnlyList<object?>>
{
    private static readonly string[] Last = ["collection", "id"];

    private readonly HubSortField[] _fields = [.. fields, .. Last.Select(name => new HubSortField(name))];

    /// <summary>The values that an item is compared by.</summary>
    /// <param name="item">A STAC item.</param>
    public IReadOnlyList<object?> KeyOf(JsonElement item) => [.. _fields.Select((field, i) => i < _fields.Length - Last.Length ? ValueOf(item, field.Name) : ItemFields.Find(item, field.Name)?.ToString())];

    /// <inheritdoc/>
    public int Compare(IReadOnlyList<object?>? x, IReadOnlyList<object?>? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        for (var i = 0; i < _fields.Length; i++)
        {
            var order = (x[i], y[i]) switch
            {
                (null, null) => 0,
                (null, _) => 1,
                (_, null) => -1,
                var (left, right) => _fields[i].Descending ? CompareValues(right, left) : CompareValues(left, right),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    // Times are compared as times, because they may have other zones and other numbers of digits.
    private static object? ValueOf(JsonElement item, string name) => ItemFields.ValueOf(ItemFields.Find(item, name)) switch
    {
        string text => Rfc3339.TryReadTime(text, out var time) ? time : text,
        double number => number,
        bool flag => flag,
        _ => null,
    };

    private static int CompareValues(object left, object right) => (left, right) switch
    {
        (double a, double b) => a.CompareTo(b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (string a, string b) => string.CompareOrdinal(a, b),
        (bool a, bool b) => a.CompareTo(b),
        _ => Kind(left).CompareTo(Kind(right)),
    };

    private static int Kind(object value) => value switch { bool => 0, double => 1, DateTimeOffset => 2, _ => 3 };
}
