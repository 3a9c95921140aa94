using System.Text.Json.Nodes;

namespace MlHub.Sdk.Tests.Stac;

/// <summary>Entities of which a few values, anywhere but the id, are something that nobody expects there.</summary>
internal sealed class OddJson(int seed)
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "22", "1.5", "1e400", "-1e400", "12345678901234567890123", "\"\"", "\"x\"", "\"..\"", "\"\\ud800\"", "\"\\u0000\"",
        "\"2016-12-31T23:59:60Z\"", "\"9999-12-31T23:59:59.999999999Z\"", "\"2021-02-29\"", "\"2020-01-01T00:00:00+23:59\"", "\"0001-01-01T00:00:00+14:00\"",
        "[]", "{}", "[null]", "[[]]", "[[[[[]]]]]", "{\"\": null}", "{\"\\ud800\": 1}", "[1, 2, 3]", "[1, 2, 3, 4]", "[[1, 2], [3, 4]]", "[\"a\", 1, null, \"\\ud800\"]",
        "[1e400, 0, 0, 0]", "{\"href\": 1}", "[{\"rel\": []}, 1]", "{\"self\": {\"href\": \"x\"}}", "{\"spatial\": [0, 0, 1, 1], \"temporal\": [\"..\", null]}",
        "{\"type\": \"Polygon\", \"coordinates\": [[[0, 0], [1, 0], [1, 1]]]}", "{\"type\": \"Point\", \"coordinates\": [1e400, {}]}",
        "{\"type\": \"GeometryCollection\", \"geometries\": [{\"type\": \"GeometryCollection\"}, null]}", "{\"type\": [], \"coordinates\": null}",
        "{\"bbox\": {\"bbox\": 1}}", "[[\"2020-01-01\", \"..\"], [1, 2], null]",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The JSON of an entity with some values replaced and perhaps a field more, whose name is not Unicode.</summary>
    public string Of(string entity)
    {
        var root = JsonNode.Parse(entity)!.AsObject();
        var replaced = _random.Next(1, 4);
        for (var i = 0; i < replaced; i++)
        {
            var places = PlacesIn(root).ToArray();
            places[_random.Next(places.Length)](JsonValue.Create("@value@"));
        }

        if (_random.Next(4) == 0)
        {
            root["@name@"] = 1;
        }

        var text = root.ToJsonString().Replace("\"@name@\"", "\"\\udc00\"", StringComparison.Ordinal);
        while (text.IndexOf("\"@value@\"", StringComparison.Ordinal) is >= 0 and var at)
        {
            text = $"{text[..at]}{Values[_random.Next(Values.Length)]}{text[(at + "\"@value@\"".Length)..]}";
        }

        return text;
    }

    private static IEnumerable<Action<JsonNode>> PlacesIn(JsonNode? node) => node switch
    {
        JsonObject fields => fields.Select(field => field.Key).Where(key => key != "id" || fields.Parent is not null).ToArray()
            .SelectMany(key => PlacesIn(fields[key]).Append(value => fields[key] = value)),
        JsonArray elements => Enumerable.Range(0, elements.Count).SelectMany(index => PlacesIn(elements[index]).Append(value => elements[index] = value)),
        _ => [],
    };
}
