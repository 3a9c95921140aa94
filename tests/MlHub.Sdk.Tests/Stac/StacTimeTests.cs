using System.Globalization;
using System.Text.Json;

namespace MlHub.Sdk.Tests.Stac;

/// <summary>Times as servers write them. .NET has no leap seconds, seven digits of a second, and the years 1 to 9999.</summary>
public sealed class StacTimeTests
{
    [Theory]
    [InlineData("2019-07-21T00:00:00Z", "2019-07-21T00:00:00.0000000Z")]
    [InlineData("2019-07-21t00:00:00z", "2019-07-21T00:00:00.0000000Z")]
    [InlineData("2019-07-21", "2019-07-21T00:00:00.0000000Z")]
    [InlineData("2019-07-21 10:11", "2019-07-21T10:11:00.0000000Z")]
    [InlineData("2013-11-15T00:00:00.123456", "2013-11-15T00:00:00.1234560Z")]
    [InlineData("2013-11-15T00:00:00,5Z", "2013-11-15T00:00:00.5000000Z")]
    [InlineData("2013-11-15T02:00:00+02:00", "2013-11-15T00:00:00.0000000Z")]
    [InlineData("2013-11-15T00:00:00-0130", "2013-11-15T01:30:00.0000000Z")]
    [InlineData("2013-11-15T00:00:00+00", "2013-11-15T00:00:00.0000000Z")]
    [InlineData("2013-11-15 00:00:00 UTC", "2013-11-15T00:00:00.0000000Z")]
    [InlineData("2013-11-15T00:00:00+00:00Z", "2013-11-15T00:00:00.0000000Z")]
    [InlineData(" 2013-11-15T00:00:00Z\n", "2013-11-15T00:00:00.0000000Z")]
    public void A_time_is_read_however_it_is_written(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.9999999Z")]
    [InlineData("2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59.9999999Z")]
    [InlineData("2017-01-01T05:29:60+05:30", "2016-12-31T23:59:59.9999999Z")]
    [InlineData("2016-12-31T24:00:00Z", "2017-01-01T00:00:00.0000000Z")]
    [InlineData("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("9999-12-31T24:00:00Z", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00.0000000Z")]
    [InlineData("2020-01-01T00:00:00-23:59", "2020-01-01T23:59:00.0000000Z")]
    public void A_time_that_DotNET_does_not_have_becomes_the_nearest_one(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("10:00")]
    [InlineData("20\\u0000\\u0000-01-01")]
    [InlineData("July 2019")]
    [InlineData("2019")]
    [InlineData("2021-02-29")]
    [InlineData("2021-13-01")]
    [InlineData("0000-00-00T00:00:00Z")]
    [InlineData("-0044-03-15T00:00:00Z")]
    [InlineData("10000-01-01T00:00:00Z")]
    [InlineData("2021-01-01T25:00:00Z")]
    [InlineData("2021-01-01T24:00:01Z")]
    [InlineData("2021-01-01T00:60:00Z")]
    [InlineData("2021-01-01T00:00:61Z")]
    [InlineData("2021-01-01T00:00:00.Z")]
    [InlineData("2021-01-01T00:00:00+24:00")]
    [InlineData("2021-01-01T00:00:00 o'clock")]
    [InlineData("٢٠٢١-01-01")]
    public void What_is_not_a_time_is_null_and_stays_in_the_JSON(string text)
    {
        var json = Json.Item("i", text);
        var item = Item.FromJson(JsonElement.Parse(json));

        Assert.Null(item.DateTime);
        Assert.Null(item.Time);
        Assert.Equal(json, item.ToJson());
    }

    [Fact]
    public void The_offset_of_a_time_is_kept() => Assert.Equal(
        TimeSpan.FromHours(2), Item.FromJson(JsonElement.Parse(Json.Item("i", "2013-11-15T02:00:00+02:00"))).DateTime!.Value.Offset);

    [Fact]
    public void The_last_possible_day_can_be_queried() =>
        Assert.True(TemporalInterval.Parse("9999-12-31").Intersects(TemporalInterval.Parse("9999-12-31T23:59:59.9999999Z")));

    private static string? Read(string text) =>
        Item.FromJson(JsonElement.Parse(Json.Item("i", JsonEncodedText.Encode(text).ToString()))).DateTime?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
