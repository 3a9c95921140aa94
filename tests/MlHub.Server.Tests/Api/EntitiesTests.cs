using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server.Tests;

/// <summary>Entities are sent as the hub gave them, with structural links and absolute addresses.</summary>
public sealed class EntitiesTests
{
    private const string Root = "https://hub.example/mlhub/v1/";
    private const string Storage = "https://hub.example/storage/mlhub/";

    private static readonly HubUrls Urls = new(new DefaultHttpContext().Request, new Uri("https://hub.example/"));

    [Theory]
    [InlineData("""{"id":"i","collection":"c","type":"Feature","properties":{"n":1.50,"big":123456789012345678901234567890,"e":1E+400,"text":"{[\\\"}]"},"assets":{}}""")]
    [InlineData("""{"type":"Feature","collection":"c","bbox":[1.0,2,3,4],"geometry":null,"assets":{"a":{"href":"https://x.example/a b.tif"}},"id":"i"}""")]
    [InlineData("""{"id":"i","collection":"c","assets":{"\"a\\":{"title":"\u00e9\n","href":"s3://bucket/a"}},"empty":{},"list":[[],{},""]}""")]
    public void Bytes_are_copied_as_they_are(string item)
    {
        var sent = Send(item);

        Assert.StartsWith(item[..^1] + ",\"links\":[", sent, StringComparison.Ordinal);
        Assert.Equal(["collection", "parent", "root", "self"], Links(sent).Select(link => link.Rel));
        Assert.Equal([Root + "collections/c", Root + "collections/c", Root, Root + "collections/c/items/i"], Links(sent).Select(link => link.Href));
    }

    [Theory]
    [InlineData("image.tif", Storage + "image.tif")]
    [InlineData("files/a b/c:d.tif", Storage + "files/a b/c:d.tif")]
    [InlineData("https://x.example/image.tif", "https://x.example/image.tif")]
    [InlineData("https:\\/\\/x.example\\/image.tif", "https://x.example/image.tif")]
    [InlineData("\\u0061/\\\"b\\\".tif", Storage + "a/\"b\".tif")]
    [InlineData("", Storage)]
    public void The_address_of_an_asset_is_absolute(string href, string expected)
    {
        foreach (var spaces in (string[])["", " ", "\n  "])
        {
            var sent = Send($$$"""{ "id":"i",{{{spaces}}}"assets":{{{spaces}}}{"a":{"type" : "x, y",{{{spaces}}}"href":{{{spaces}}}"{{{href}}}" , "after":[ 1 ]}}, "collection":"c"}""");

            Assert.Equal(expected, Json(sent)["assets"]!["a"]!["href"]!.GetValue<string>());
            Assert.Equal("x, y", Json(sent)["assets"]!["a"]!["type"]!.GetValue<string>());
            Assert.Equal(1, Json(sent)["assets"]!["a"]!["after"]![0]!.GetValue<int>());
        }
    }

    [Fact]
    public void Own_links_follow_the_structural_ones_which_are_replaced()
    {
        var sent = Send("""
            {
              "id": "i",
              "links": [
                {"rel": "self", "href": "./i.json"}, {"rel": "c\u0068ild", "href": "x"}, {"href": "../collection.json", "rel": "collection"},
                {"rel": "license", "href": "https://x.example/", "title": "A \" title"}, {"href": "search", "rel": "other"}
              ],
              "collection": "c"
            }
            """);

        Assert.Equal(["collection", "parent", "root", "self", "license", "other"], Links(sent).Select(link => link.Rel));
        Assert.Equal(["https://x.example/", Root + "search"], Links(sent).Select(link => link.Href).Skip(4));
        Assert.DoesNotContain('\n', sent);
        Assert.StartsWith("""{"id":"i","collection":"c","links":[""", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b/c", "a%20b%2Fc")]
    [InlineData("..", "%2E%2E")]
    [InlineData("\\u00e9\\\"", "%C3%A9%22")]
    public void Ids_are_escaped_in_addresses(string id, string expected)
    {
        var sent = Send($$"""{"id":"{{id}}","collection":"{{id}}"}""");

        Assert.Equal($"{Root}collections/{expected}/items/{expected}", Links(sent).Single(link => link.Rel == "self").Href);
    }

    [Theory]
    [InlineData("\\u0068ttps://x.example/a")]
    [InlineData("https\\u003a//x.example/a")]
    [InlineData("https:\\/\\/x.example\\/a")]
    public void An_absolute_address_with_escapes_stays_absolute(string href)
    {
        var sent = Send($$$"""{"id":"i","collection":"c","assets":{"a":{"href":"{{{href}}}"}},"links":[{"rel":"other","href":"{{{href}}}"}]}""");

        Assert.Equal("https://x.example/a", Json(sent)["assets"]!["a"]!["href"]!.GetValue<string>());
        Assert.Equal("https://x.example/a", Links(sent).Single(link => link.Rel == "other").Href);
    }

    [Fact]
    public void If_a_name_occurs_twice_the_last_value_is_used()
    {
        var sent = Send("""{"id":"first","links":[{"rel":"other","href":"first"}],"collection":"c","id":"i","links":[{"rel":"other","href":"last"}]}""");

        Assert.Equal(Root + "collections/c/items/i", Links(sent).Single(link => link.Rel == "self").Href);
        Assert.Equal(Root + "last", Links(sent).Single(link => link.Rel == "other").Href);
    }

    [Theory]
    [InlineData("""["id"]""")]
    [InlineData("""{"id":1}""")]
    [InlineData("""{"collection":"c"}""")]
    [InlineData("""{"id":"i","collection":"c","text":"no end""")]
    [InlineData("""{"id":"i","collection":"c","list":[1""")]
    public void JSON_that_is_not_an_entity_is_an_error(string item) => Assert.ThrowsAny<Exception>(() => Send(item));

    [Theory]
    [InlineData("properties.a", """{"id":"i","collection":"c","properties":{"a":1}}""")]
    [InlineData("assets.x", """{"id":"i","collection":"c","assets":{"x":{"href":"https://hub.example/storage/mlhub/x.tif"}}}""")]
    [InlineData("-links,-properties.b,-assets.x", """{"id":"i","collection":"c","properties":{"a":1,"c":{"d":[2]}},"assets":{"y":{"href":"https://hub.example/storage/mlhub/y.tif"}},"last":3}""")]
    [InlineData("-links,-properties,-assets.x,-assets.y", """{"id":"i","collection":"c","assets":{},"last":3}""")]
    public void Only_selected_fields_are_sent(string fields, string expected)
    {
        var sent = Send(
            """{ "id":"i", "properties":{"a":1,"b":"\"","c":{"d":[2]}}, "collection":"c", "assets":{"x":{"href":"x.tif"},"y":{"href":"y.tif"}}, "links":[], "last":3}""", FieldSelection.Of(fields.Split(',')));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(sent)), sent);
    }

    private static string Send(string item, FieldSelection? fields = null)
    {
        using var writer = new EntityWriter(Urls, fields);
        return Encoding.UTF8.GetString(writer.Item(Encoding.UTF8.GetBytes(item)));
    }

    private static JsonNode Json(string sent) => JsonNode.Parse(sent)!;

    private static IEnumerable<(string Rel, string Href)> Links(string sent)
    {
        // JsonNode does not read an object that has a name twice.
        using var json = System.Text.Json.JsonDocument.Parse(sent);
        return [.. json.RootElement.GetProperty("links").EnumerateArray().Select(link => (link.GetProperty("rel").GetString()!, link.GetProperty("href").GetString()!))];
    }
}
