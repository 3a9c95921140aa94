using System.Globalization;
using System.Text.Json;

namespace MlHub.Server;

/// <summary>Reads the <c>query</c> extension of STAC API: <c>{"eo:cloud_cover": {"gte": 0, "lt": 10}}</c>.</summary>
internal static class QueryExtension
{
    private static readonly Dictionary<string, string> Comparisons = new(StringComparer.Ordinal)
    {
        ["eq"] = "=",
        ["neq"] = "<>",
        ["lt"] = "<",
        ["lte"] = "<=",
        ["gt"] = ">",
        ["gte"] = ">=",
    };

    /// <exception cref="InvalidFilterException">The JSON is not a query.</exception>
    public static Cql? Read(JsonElement query) => query.ValueKind == JsonValueKind.Object
        ? Cql.All(query.EnumerateObject().SelectMany(Conditions))
        : throw new InvalidFilterException("query must be a JSON object of properties, such as {\"eo:cloud_cover\":{\"lt\":10}}.");

    // A value without an operator means that the property is equal to it.
    private static IEnumerable<Cql> Conditions(JsonProperty field) => field.Value.ValueKind == JsonValueKind.Object
        ? field.Value.EnumerateObject().Select(condition => Condition(new Cql.Property(field.Name), condition.Name, condition.Value))
        : [Condition(new Cql.Property(field.Name), "eq", field.Value)];

    private static Cql Condition(Cql property, string name, JsonElement value)
    {
        if (Comparisons.TryGetValue(name, out var comparison))
        {
            var asGiven = Cql.Operation.Create(comparison, [property, CqlJson.Read(value)]);
            return NumberIn(value) is { } number ? Cql.Operation.Create("or", [asGiven, Cql.Operation.Create(comparison, [property, new Cql.Constant(number)])]) : asGiven;
        }

        return name switch
        {
            "in" when value.ValueKind == JsonValueKind.Array => Cql.Operation.Create("in", [property, CqlJson.Read(value)]),
            "startsWith" when value.ValueKind == JsonValueKind.String => Like(property, Escaped(value) + "%"),
            "endsWith" when value.ValueKind == JsonValueKind.String => Like(property, "%" + Escaped(value)),
            "contains" when value.ValueKind == JsonValueKind.String => Like(property, "%" + Escaped(value) + "%"),
            _ => throw new InvalidFilterException($"query: '{name}' is not supported with this value. Operators are {string.Join(", ", Comparisons.Keys)}, in, startsWith, endsWith and contains."),
        };
    }

    // Some clients send all values as text.
    private static double? NumberIn(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static Cql Like(Cql property, string pattern) => Cql.Operation.Create("like", [property, new Cql.Constant(pattern)]);

    private static string Escaped(JsonElement value) => value.GetString()!
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
