using System.Text.Json;

namespace MlHub.Sdk.Tests.Stac;

public sealed class StacTypesTests
{
    [Theory]
    [InlineData("[-9,1.75,83.4,68]")]
    [InlineData("[-9,1.75,0,83.4,68,8848]")]
    public void A_bbox_round_trips(string json) =>
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<Bbox>(json)));

    [Theory]
    [InlineData("""["2017-06-13T10:10:31+00:00",null]""")]
    [InlineData("""[null,"2018-05-29T11:54:01+00:00"]""")]
    public void An_interval_round_trips(string json) =>
        Assert.Equal(json.Replace("\\u002B", "+", StringComparison.Ordinal), JsonSerializer.Serialize(JsonSerializer.Deserialize<TemporalInterval>(json)).Replace("\\u002B", "+", StringComparison.Ordinal));

    [Theory]
    [InlineData("[1,2,3]")]
    [InlineData("[1,2,3,\"4\"]")]
    [InlineData("{}")]
    public void An_invalid_bbox_is_a_JSON_exception(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Bbox>(json));

    [Theory]
    [InlineData("[null]")]
    [InlineData("\"2018-05-29T11:54:01Z\"")]
    public void An_invalid_interval_is_a_JSON_exception(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TemporalInterval>(json));

    [Fact]
    public void Boxes_that_cross_the_antimeridian_are_two_spans()
    {
        var fiji = Bbox.Parse("177,-20,-178,-12");

        Assert.True(fiji.Intersects(Bbox.Parse("179,-15,180,-14")));
        Assert.True(fiji.Intersects(Bbox.Parse("-180,-15,-179,-14")));
        Assert.False(fiji.Intersects(Bbox.Parse("0,-15,10,-14")));
        Assert.Equal("177,-20,-178,-12", fiji.ToString());
    }

    [Fact]
    public void An_unknown_type_of_collection_keeps_its_name()
    {
        var type = JsonSerializer.Deserialize<CollectionType>("\"predictions\"");

        Assert.Equal("predictions", type.ToString());
        Assert.Equal("\"predictions\"", JsonSerializer.Serialize(type));
    }
}
