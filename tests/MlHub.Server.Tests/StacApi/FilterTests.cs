using System.Text.Json;

namespace MlHub.Server.Tests.StacApi;

/// <summary>CQL2 (OGC 21-065r2) in both encodings, and the <c>query</c> extension.</summary>
public sealed class FilterTests
{
    private static readonly JsonElement[] Items =
    [
        Item("""{"id":"a","collection":"one","geometry":{"type":"Point","coordinates":[10,10]},"properties":{"datetime":"2020-01-01T00:00:00Z","eo:cloud_cover":5,"platform":"Sentinel-2","day":"2020-06-06","tags":["red","green"],"title":"Rice in Benin"}}"""),
        Item("""{"id":"b","collection":"one","geometry":{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]]]},"properties":{"datetime":"2020-06-01T12:00:00+02:00","eo:cloud_cover":50.5,"platform":"sentinel-1","flag":true,"view":{"off_nadir":3}}}"""),
        Item("""{"id":"c","collection":"two","geometry":null,"properties":{"datetime":null,"start_datetime":"2020-03-01T00:00:00Z","end_datetime":"2020-04-01T00:00:00Z","platform":"Müller's 100% \"x\"","keywords":["price list"]}}"""),
    ];

    [Theory]
    [InlineData("id = 'a'", "a")]
    [InlineData("id='a' OR collection='two'", "a c")]
    [InlineData("NOT id = 'a'", "b c")]
    [InlineData("not not id = 'a'", "a")]
    [InlineData("id <> 'b'", "a c")]
    [InlineData("id != 'b'", "a c")]
    [InlineData("eo:cloud_cover >= 5 AND eo:cloud_cover < 10", "a")]
    [InlineData("eo:cloud_cover > 5e0", "b")]
    [InlineData("10 < eo:cloud_cover", "b")]
    [InlineData("properties.eo:cloud_cover = 5", "a")]
    [InlineData("\"eo:cloud_cover\" = 5", "a")]
    [InlineData("eo:cloud_cover IS NULL", "c")]
    [InlineData("eo:cloud_cover is not null", "a b")]
    [InlineData("NOT eo:cloud_cover > 10", "a")]
    [InlineData("eo:cloud_cover > 10 OR id = 'c'", "b c")]
    [InlineData("nothing = 1", "")]
    [InlineData("NOT nothing = 1", "")]
    [InlineData("nothing IS NULL", "a b c")]
    [InlineData("eo:cloud_cover = '5'", "")]
    [InlineData("eo:cloud_cover BETWEEN 0 AND 50", "a")]
    [InlineData("eo:cloud_cover NOT BETWEEN 0 AND 50", "b")]
    [InlineData("id IN ('a', 'c', 'x')", "a c")]
    [InlineData("id NOT IN ('a', 'c', 'x')", "b")]
    [InlineData("platform LIKE 'Sentinel%'", "a")]
    [InlineData("CASEI(platform) LIKE CASEI('Sentinel-_')", "a b")]
    [InlineData("platform NOT LIKE '%-%'", "c")]
    [InlineData("platform LIKE '%100\\%%'", "c")]
    [InlineData("platform LIKE '%''s 100%'", "c")]
    [InlineData("platform LIKE '%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%z'", "")]
    [InlineData("flag = TRUE", "b")]
    [InlineData("flag", "b")]
    [InlineData("view.off_nadir + 1 = 4", "b")]
    [InlineData("(eo:cloud_cover - 0.5) / 10 = 5", "b")]
    [InlineData("-eo:cloud_cover < -10", "b")]
    [InlineData("eo:cloud_cover ^ 2 = 25", "a")]
    [InlineData("eo:cloud_cover * 2 % 3 = 1", "a")]
    [InlineData("eo:cloud_cover DIV 2 = 2", "a")]
    [InlineData("datetime = TIMESTAMP('2020-06-01T10:00:00Z')", "b")]
    [InlineData("datetime > TIMESTAMP('2020-02-01T00:00:00Z')", "b c")]
    [InlineData("datetime < DATE('2020-01-02')", "a")]
    [InlineData("day = DATE('2020-06-06')", "a")]
    [InlineData("T_INTERSECTS(day, DATE('2020-06-06'))", "a")]
    [InlineData("day < TIMESTAMP('2020-06-07T12:00:00Z')", "a")]
    [InlineData("T_INTERSECTS(datetime, INTERVAL('2020-03-15T00:00:00Z', '2020-06-30'))", "b c")]
    [InlineData("T_INTERSECTS(datetime, INTERVAL('..', '2020-03-15'))", "a c")]
    [InlineData("T_AFTER(datetime, DATE('2020-05-01'))", "b")]
    [InlineData("T_BEFORE(datetime, DATE('2020-04-02'))", "a c")]
    [InlineData("T_DURING(INTERVAL(start_datetime, end_datetime), INTERVAL('2020-02-01','2020-05-01'))", "!")]
    [InlineData("S_INTERSECTS(geometry, POLYGON((-1 -1, 1 -1, 1 1, -1 1, -1 -1)))", "b")]
    [InlineData("S_INTERSECTS(geometry, BBOX(-1, -1, 20, 20))", "a b")]
    [InlineData("S_INTERSECTS(geometry, BBOX(9, 9, -179, 11))", "a")]
    [InlineData("S_INTERSECTS(geometry, BBOX(369, 9, 371, 11))", "a")]
    [InlineData("S_INTERSECTS(geometry, BBOX(175, 9, 371, 11))", "a")]
    [InlineData("S_INTERSECTS(geometry, BBOX(-190, -90, 190, 90))", "a b")]
    [InlineData("S_INTERSECTS(geometry, BBOX(-190, -90, -170, 90))", "")]
    [InlineData("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(10 10), LINESTRING(5 5, 6 6)))", "a")]
    [InlineData("S_WITHIN(geometry, BBOX(-1,-1,5,5))", "b")]
    [InlineData("S_DISJOINT(geometry, POINT(10 10))", "b")]
    [InlineData("S_CONTAINS(geometry, POINT(1 1))", "b")]
    [InlineData("A_CONTAINS(tags, ('red', 'green'))", "a")]
    [InlineData("A_OVERLAPS(tags, ('red', 'blue'))", "a")]
    [InlineData("A_CONTAINEDBY(tags, ('red', 'green', 'blue'))", "a")]
    [InlineData("A_EQUALS(tags, ('green', 'red'))", "")]
    [InlineData("collection = id", "")]
    [InlineData("((id = 'a'))", "a")]
    public void Text_selects_the_items_that_meet_it(string cql, string expected)
    {
        if (expected == "!")
        {
            Assert.Throws<InvalidFilterException>(() => HubItemFilter.Parse(cql));
        }
        else
        {
            Assert.Equal(expected, Matching(HubItemFilter.Parse(cql)));
        }
    }

    [Theory]
    [InlineData("""{"op":"=","args":[{"property":"id"},"a"]}""", "a")]
    [InlineData("""{"op":"or","args":[{"op":"=","args":[{"property":"id"},"a"]},{"op":"=","args":[{"property":"collection"},"two"]}]}""", "a c")]
    [InlineData("""{"op":"not","args":[{"op":"=","args":[{"property":"id"},"a"]}]}""", "b c")]
    [InlineData("""{"op":"!=","args":[{"property":"properties.platform"},"Sentinel-2"]}""", "b c")]
    [InlineData("""{"op":"isNull","args":[{"property":"eo:cloud_cover"}]}""", "c")]
    [InlineData("""{"op":"isNull","args":{"property":"eo:cloud_cover"}}""", "c")]
    [InlineData("""{"op":"between","args":[{"property":"eo:cloud_cover"},[0,50]]}""", "a")]
    [InlineData("""{"op":"between","args":[{"property":"eo:cloud_cover"},0,50]}""", "a")]
    [InlineData("""{"op":"like","args":[{"property":"platform"},"Sentinel%"]}""", "a")]
    [InlineData("""{"op":"in","args":[{"property":"id"},["a","c"]]}""", "a c")]
    [InlineData("""{"op":"like","args":[{"op":"casei","args":[{"property":"platform"}]},{"op":"casei","args":["SENTINEL%"]}]}""", "a b")]
    [InlineData("""{"op":">","args":[{"property":"datetime"},{"timestamp":"2020-02-01T00:00:00Z"}]}""", "b c")]
    [InlineData("""{"op":"<","args":[{"property":"datetime"},{"date":"2020-01-02"}]}""", "a")]
    [InlineData("""{"op":"t_intersects","args":[{"property":"datetime"},{"interval":["2020-03-15T00:00:00Z",".."]}]}""", "b c")]
    [InlineData("""{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Polygon","coordinates":[[[-1,-1],[1,-1],[1,1],[-1,1],[-1,-1]]]}]}""", "b")]
    [InlineData("""{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[-1,-1,20,20]}]}""", "a b")]
    [InlineData("""{"op":"a_contains","args":[{"property":"tags"},["red"]]}""", "a")]
    [InlineData("""{"op":"=","args":[{"property":"flag"},true]}""", "b")]
    [InlineData("""{"op":"=","args":[{"op":"+","args":[{"property":"view.off_nadir"},1]},4]}""", "b")]
    [InlineData("true", "a b c")]
    [InlineData("null", "")]
    public void Json_selects_the_items_that_meet_it(string cql, string expected) => Assert.Equal(expected, Matching(new HubItemFilter(CqlJson.Read(JsonElement.Parse(cql)))));

    [Theory]
    [InlineData("", "filter: expected a property, a value or a function, found the end.")]
    [InlineData("id =", "filter: expected a property, a value or a function, found the end.")]
    [InlineData("id = 'a", "filter: a ' is not closed.")]
    [InlineData("id = 'a' 'b'", "filter: expected the end, AND or OR at character 10, found '''.")]
    [InlineData("id IS 3", "filter: expected NULL at character 7, found '3'.")]
    [InlineData("id NOT = 3", "filter: expected LIKE, BETWEEN or IN at character 8, found '='.")]
    [InlineData("datetime > TIMESTAMP('2020')", "filter: '2020' is not a time such as 2019-06-01T00:00:00Z.")]
    [InlineData("S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))", "filter has a geometry that is not valid at character 24.")]
    [InlineData("S_INTERSECTS(geometry)", "filter: 'S_INTERSECTS' cannot have 1 argument.")]
    [InlineData("S_INTERSECTS(geometry, POINT EMPTY)", "filter has a geometry without points at character 24. Nothing can meet a condition with it.")]
    [InlineData("S_INTERSECTS(geometry, polygon z empty)", "filter has a geometry without points at character 24. Nothing can meet a condition with it.")]
    [InlineData("1.2.3 = 1", "filter has a number that is not valid at character 1.")]
    [InlineData("BBOX(1,2,3) = 1", "filter: bbox must have four or six numbers: west, south, east, north.")]
    public void Text_that_is_not_CQL2_is_refused_with_the_place(string cql, string message) => Assert.Equal(message, Assert.Throws<InvalidFilterException>(() => HubItemFilter.Parse(cql)).Message);

    [Fact]
    public void An_unknown_function_is_refused_with_the_known_ones() =>
        Assert.StartsWith("filter: 'frobnicate' is not supported. Operators and functions are and, or, not,", Assert.Throws<InvalidFilterException>(() => HubItemFilter.Parse("frobnicate(1)")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void Deep_nesting_is_refused(int depth) => Assert.Throws<InvalidFilterException>(() => HubItemFilter.Parse(new string('(', depth) + "id = 'a'" + new string(')', depth)));

    [Theory]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void A_long_chain_of_signs_is_refused(int length) => Assert.Throws<InvalidFilterException>(() => HubItemFilter.Parse(new string('-', length) + "id = 1"));

    [Fact]
    public void What_takes_long_to_compare_is_refused()
    {
        var line = $"LINESTRING({string.Join(',', Enumerable.Range(0, 501).Select(i => $"{i} {i % 2}"))})";
        var list = $"({string.Join(',', Enumerable.Range(0, 501))})";
        Assert.Equal("filter: a geometry of s_touches must have at most 500 points.", Refusal($"S_TOUCHES(geometry, {line})"));
        Assert.Equal("filter: s_touches must compare a property with something.", Refusal("S_TOUCHES(POINT(1 1), POINT(1 1))"));
        Assert.Equal("filter: a list of a_overlaps must have at most 500 elements.", Refusal($"A_OVERLAPS(tags, {list})"));
        Assert.Equal("a", Matching(HubItemFilter.Parse($"id IN ({string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"'{i}'"))}, 'a')")));

        static string Refusal(string cql) => Assert.Throws<InvalidFilterException>(() => HubItemFilter.Parse(cql)).Message;
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void A_long_sum_is_refused(int length) => Assert.Throws<InvalidFilterException>(() => HubItemFilter.Parse(string.Concat(Enumerable.Repeat("1+", length)) + "1 = 1"));

    [Theory]
    [InlineData(100)]
    [InlineData(50_000)]
    public void A_deeply_nested_geometry_is_refused(int depth) => Assert.Throws<InvalidFilterException>(() =>
        HubItemFilter.Parse($"S_INTERSECTS(geometry, {string.Concat(Enumerable.Repeat("GEOMETRYCOLLECTION(", depth))}POINT(1 1){new string(')', depth)})"));

    [Fact]
    public void Any_number_of_conditions_side_by_side_is_read()
    {
        Assert.Equal("a", Matching(HubItemFilter.Parse("id = 'a'" + string.Concat(Enumerable.Repeat(" AND collection = 'one'", 50_000)))));
        var query = JsonElement.Parse($"{{{string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"p{i}\":{{\"neq\":1}}"))},\"id\":\"a\"}}");
        Assert.Equal("", Matching(new HubItemFilter(QueryExtension.Read(query)!)));
    }

    [Theory]
    [InlineData("""{"eo:cloud_cover":{"gte":5,"lt":10}}""", "a")]
    [InlineData("""{"eo:cloud_cover":{"neq":5}}""", "b")]
    [InlineData("""{"eo:cloud_cover":{"lt":"10"}}""", "a")]
    [InlineData("""{"id":{"in":["a","c"]}}""", "a c")]
    [InlineData("""{"platform":{"startsWith":"Sent"}}""", "a")]
    [InlineData("""{"platform":{"endsWith":"-1"}}""", "b")]
    [InlineData("""{"platform":{"contains":"100%"}}""", "c")]
    [InlineData("""{"platform":{"eq":"sentinel-1"},"flag":{"eq":true}}""", "b")]
    [InlineData("""{"datetime":{"gt":"2020-05-01T00:00:00Z"}}""", "b")]
    [InlineData("{}", "a b c")]
    public void The_query_extension_selects_items(string query, string expected) =>
        Assert.Equal(expected, QueryExtension.Read(JsonElement.Parse(query)) is { } condition ? Matching(new HubItemFilter(condition)) : "a b c");

    [Theory]
    [InlineData("rice", "a")]
    [InlineData("Rice in", "a")]
    [InlineData("ice", "")]
    [InlineData("price,benin", "a c")]
    [InlineData("b", "b")]
    public void Words_are_searched_whole_and_without_case(string words, string expected) => Assert.Equal(expected, Matching(new HubItemFilter(new FreeText(words.Split(',')))));

    [Fact]
    public void Conditions_on_id_collection_time_and_place_narrow_what_a_hub_must_look_at()
    {
        var cql = CqlText.Read("collection = 'one' AND id IN ('a','b') AND datetime >= TIMESTAMP('2020-01-01T00:00:00Z') AND datetime < TIMESTAMP('2021-01-01T00:00:00Z') AND S_INTERSECTS(geometry, BBOX(0,1,2,3))");
        var query = Candidates.Narrow(new HubItemQuery { Limit = 1 }, cql);
        Assert.Equal(["one"], query.Collections);
        Assert.Equal(["a", "b"], query.Ids);
        Assert.Equal(new HubBbox(0, 1, 2, 3), query.Bbox);
        Assert.Equal((new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero)), (query.From, query.To));
        var any = Candidates.Narrow(new HubItemQuery { Limit = 1 }, CqlText.Read("collection = 'one' OR NOT id = 'a'"));
        Assert.Equal((0, 0), (any.Collections.Count, any.Ids.Count));
    }

    private static string Matching(HubItemFilter filter) => string.Join(' ', Items.Where(filter.Matches).Select(item => item.GetProperty("id").GetString()));

    private static JsonElement Item(string json) => JsonElement.Parse(json);
}
