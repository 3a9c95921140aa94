using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;
using MlHub.Sdk.Tests.Stac;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>Bodies are read value by value while they arrive, within limits.</summary>
public sealed class BodyTests
{
    private const string Items = "collections/c/items";

    [Fact]
    public async Task Items_are_returned_while_their_page_is_still_being_received()
    {
        using var body = new SlowBody();
        using var client = new FakeHub().Answers(Items, _ => new HttpResponseMessage { Content = new StreamContent(body) }).Client();
        body.Send($$"""{"type": "FeatureCollection", "features": [{{Json.Item("1")}}, {{Json.Item("2")}}, {"id": "3", """);
        await using var items = client.Collections.ListItemsAsync("c").GetAsyncEnumerator();

        Assert.True(await items.MoveNextAsync());
        Assert.Equal("1", items.Current.Id);
        Assert.True(await items.MoveNextAsync());
        Assert.Equal("2", items.Current.Id);
        var third = items.MoveNextAsync();
        Assert.False(third.IsCompleted);
        body.Send(""" "bbox": [1,2,3,4] }], "links": []}""");
        body.End();
        Assert.True(await third);
        Assert.Equal("3", items.Current.Id);
        Assert.False(await items.MoveNextAsync());
    }

    [Fact]
    public async Task A_page_is_read_to_its_end_while_the_caller_processes_items_slowly()
    {
        using var body = new SlowBody();
        using var client = new FakeHub().Answers(Items, _ => new HttpResponseMessage { Content = new StreamContent(body) }).Client();
        body.Send(Json.Page(Enumerable.Range(0, 1000).Select(i => Json.Item($"{i}"))));
        body.End();
        await using var items = client.Collections.ListItemsAsync("c").GetAsyncEnumerator();

        Assert.True(await items.MoveNextAsync());

        await body.IsRead;
    }

    [Fact]
    public async Task Items_before_the_break_of_a_page_are_listed()
    {
        var page = Encoding.UTF8.GetBytes(Json.Page(Enumerable.Range(0, 30).Select(i => Json.Item($"{i}"))));
        using var client = new FakeHub().Answers(Items, _ => new HttpResponseMessage { Content = new StreamContent(new BreakingBody(page[..^300])) }).Client();
        var seen = new List<string>();

        var e = await Assert.ThrowsAsync<MlHubException>(() => CollectAsync(client, seen));

        Assert.Equal(29, seen.Count);
        Assert.Equal("The connection broke in the middle of the response, for https://hub.example/mlhub/v1/collections/c/items. Try again.", e.Message);
        Assert.Equal(HttpStatusCode.OK, e.StatusCode);
    }

    /// <summary>Compared with a parser that has the whole page at once.</summary>
    [Property(MaxTest = 500)]
    public async Task Any_page_in_pieces_of_any_size_has_the_elements_that_a_parser_finds(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var elements = Enumerable.Range(0, random.Next(5)).Select(i => new OddJson(random.Next()).Of(Json.Item($"{i}")));
        var fields = new[] { $"\"features\": [{string.Join(" , ", elements)}]", "\"links\":[ ]", "\"é\\\"\" : {\"features\": [1]}", "\"n\": -1.5e3", "\"t\":true" };
        random.Shuffle(fields);
        var page = Encoding.UTF8.GetBytes($"\n{{ {string.Join("\t,", fields)} }}\r\n");
        using var client = new FakeHub().Answers(Items, _ => new HttpResponseMessage { Content = new StreamContent(new InPieces(page, random.Next(1, 200))) }).Client();

        var items = await client.Collections.ListItemsAsync("c").Select(item => item.ToJson()).ToListAsync();

        Assert.Equal(JsonElement.Parse(page).GetProperty("features").EnumerateArray().Select(element => element.GetRawText()), items);
    }

    [Property(MaxTest = 2000)]
    public async Task A_damaged_page_is_read_or_causes_an_MlHubException(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var page = Encoding.UTF8.GetBytes(Json.Page([Json.Item("1"), Json.Item("2")], "?token=1"));
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(page.Length);
            page = random.Next(3) switch
            {
                0 => [.. page[..at], (byte)random.Next(256), .. page[(at + 1)..]],
                1 => [.. page[..at], (byte)"{}[],:\"\\nN-"[random.Next(11)], .. page[at..]],
                _ => page[..at],
            };
            page = page.Length == 0 ? [0] : page;
        }

        using var client = new FakeHub().Answers(Items, _ => new HttpResponseMessage { Content = new StreamContent(new InPieces(page, random.Next(1, 200))) }).Client();

        var e = await Record.ExceptionAsync(async () => await client.Collections.ListItemsAsync("c").CountAsync());

        Assert.True(e is null or MlHubException, $"{e}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task Pieces_of_any_size_make_the_same_page(int size)
    {
        string[] items = [Json.Item("1", more: """, "t": "a \"quoted\\\\\" [text} é \ud83d\ude00 NaN", "n": [-1.5e-3, true, null, [[], {}]]"""), Json.Item("2"), """{"id":3}"""];
        var page = $$"""{{"\uFEFF"}} {"n": 12, "x": "a,]}\"", "deep": [{"features": [{"id": "no"}]}], "features" : [{{string.Join(" ,\r\n", items)}} ] , "links":[], "last": -1 }{{"\n"}}""";
        using var client = new FakeHub().Answers(Items, _ => new HttpResponseMessage { Content = new StreamContent(new InPieces(Encoding.UTF8.GetBytes(page), size)) }).Client();

        Assert.Equal(items, await client.Collections.ListItemsAsync("c").Select(item => item.ToJson()).ToListAsync());
    }

    // Han-1413141/dsh-cost-meter#172: caches lose the header. guzzle/guzzle#421 has the byte order mark. PowerShell writes UTF-16.
    [Theory]
    [InlineData("gzip")]
    [InlineData("UTF-8 with a mark")]
    [InlineData("UTF-16")]
    [InlineData("UTF-16 without a mark")]
    [InlineData("UTF-16, big end first")]
    [InlineData("UTF-16, big end first, without a mark")]
    [InlineData("a web page by its header")]
    public async Task A_page_is_read_though_no_header_says_how_it_is_coded(string coding)
    {
        var page = Json.Page([Json.Item("é1"), Json.Item("2", more: """, "title": "😀" """)]).ReplaceLineEndings("\r\n");
        using var client = new FakeHub().Answers(Items, _ => Coded()).Answers("collections/c/items/x", _ => Coded()).Client();

        var items = await client.Collections.ListItemsAsync("c").ToListAsync();

        Assert.Equal(["é1", "2"], items.Select(item => item.Id));
        Assert.Equal("😀", items[1].Properties.GetProperty("title").GetString());
        Assert.Equal(page, (await client.GetJsonAsync("collections/c/items/x")).GetRawText());

        HttpResponseMessage Coded()
        {
            byte[] body = coding switch
            {
                "gzip" => Zip(Encoding.UTF8.GetBytes(page)),
                "UTF-8 with a mark" => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(page)],
                "UTF-16" => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(page)],
                "UTF-16 without a mark" => Encoding.Unicode.GetBytes(page),
                "UTF-16, big end first" => [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(page)],
                "UTF-16, big end first, without a mark" => Encoding.BigEndianUnicode.GetBytes(page),
                _ => Encoding.UTF8.GetBytes(page),
            };
            var content = new StreamContent(new InPieces(body, 1));
            content.Headers.TryAddWithoutValidation("Content-Type", "text/html; charset=iso-8859-1");
            return new HttpResponseMessage { Content = content };
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x1F, 0x8B })]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3 })]
    [InlineData(new byte[] { 0xFF, 0xFE })]
    [InlineData(new byte[] { 0x7B, 0, 0x22 })]
    [InlineData(new byte[] { 0x7B })]
    [InlineData(new byte[0])]
    public async Task A_page_that_only_begins_like_a_coded_one_is_an_error(byte[] body)
    {
        using var client = new FakeHub().Answers(Items, _ => new HttpResponseMessage { Content = new StreamContent(new InPieces(body, 1)) }).Client();

        await Assert.ThrowsAsync<MlHubException>(async () => await client.Collections.ListItemsAsync("c").CountAsync());
    }

    // opendatacube/datacube-explorer#1168: Python writes them.
    [Theory]
    [InlineData("NaN", "null")]
    [InlineData("Infinity", "null")]
    [InlineData("-Infinity", "null")]
    [InlineData("[NaN,-Infinity,\"NaN\\\"NaN\",Infinity]", "[null,null,\"NaN\\\"NaN\",null]")]
    public async Task A_bare_NaN_or_Infinity_is_null(string value, string read)
    {
        var page = Json.Page([Json.Item("1"), Json.Item("2", more: $", \"nodata\": {value}"), Json.Item("3")]);
        using var client = new FakeHub()
            .Answers(Items, page.Replace("\"links\": [{\"rel\": \"self\"", "\"max\": NaN, \"links\": [NaN, {\"rel\": \"self\"", StringComparison.Ordinal))
            .Answers("collections/c/items/2", Json.Item("2", more: $", \"nodata\": {value}"))
            .Client();

        var items = await client.Collections.ListItemsAsync("c").ToListAsync();
        var item = await client.Collections.GetItemAsync("c", "2");

        Assert.Equal(["1", "2", "3"], items.Select(listed => listed.Id));
        Assert.Equal(Json.Item("2", more: $", \"nodata\": {read}"), items[1].ToJson());
        Assert.Equal(items[1].ToJson(), item.ToJson());
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("NaNN")]
    [InlineData("1NaN")]
    [InlineData("--Infinity")]
    [InlineData("undefined")]
    [InlineData("Nothing")]
    public async Task Invalid_JSON_is_an_error_with_its_position(string value)
    {
        using var client = new FakeHub().Answers(Items, Json.Page([Json.Item("1"), Json.Item("2", more: $", \"nodata\": {value}")])).Client();
        var seen = new List<string>();

        var e = await Assert.ThrowsAsync<MlHubException>(() => CollectAsync(client, seen));

        Assert.Equal(["1"], seen);
        Assert.Contains("is not valid JSON (application/json) at features[1], byte ", e.Message, StringComparison.Ordinal);
        Assert.Contains("https://hub.example/mlhub/v1/collections/c/items", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_too_large_entity_is_an_error_with_its_position()
    {
        var start = $$"""{"features": [{{Json.Item("1")}}, {"id": "2", "pad": "{{new string('x', 1000)}}""";
        using var client = new FakeHub().Answers(Items, _ => new HttpResponseMessage { Content = new StreamContent(new Endless(start)) }).Client();
        var seen = new List<string>();

        var e = await Assert.ThrowsAsync<MlHubException>(() => CollectAsync(client, seen));

        Assert.Equal(["1"], seen);
        Assert.Equal(
            "The server's JSON at features[1] is larger than 64 MiB, the maximum size of one value, for https://hub.example/mlhub/v1/collections/c/items.",
            e.Message);
    }

    [Fact]
    public async Task Any_other_response_that_is_too_large_is_an_error()
    {
        using var client = new FakeHub().Answers("datasets/d", _ => new HttpResponseMessage { Content = new StreamContent(new Endless("""{"id": "d", "pad": "x""")) }).Client();

        var e = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("d"));

        Assert.StartsWith("The server's JSON is larger than 64 MiB", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(62, null)]
    [InlineData(63, "nested deeper than 64 levels")]
    [InlineData(100_000, "nested deeper than 64 levels")]
    public async Task Nesting_has_a_limit(int levels, string? says)
    {
        var deep = $", \"deep\": {new string('[', levels)}{new string(']', levels)}";
        using var client = new FakeHub().Answers(Items, Json.Page([Json.Item("1", more: deep)])).Client();

        var e = await Record.ExceptionAsync(async () => await client.Collections.ListItemsAsync("c").CountAsync());

        Assert.Equal(says is not null, e is MlHubException);
        Assert.Contains(says ?? "", e?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skipped_values_can_have_any_size_and_depth()
    {
        var page = Json.Page([Json.Item("1")]).Replace("\"features\"", $"\"passed\": {new string('[', 100_000)}{new string(']', 100_000)}, \"features\"", StringComparison.Ordinal);
        using var client = new FakeHub().Answers(Items, page).Client();

        Assert.Equal(1, await client.Collections.ListItemsAsync("c").CountAsync());
    }

    [Fact]
    public async Task A_list_can_be_cancelled_while_it_waits_for_the_server()
    {
        using var body = new SlowBody();
        using var stop = new CancellationTokenSource();
        using var client = new FakeHub().Answers(Items, _ => new HttpResponseMessage { Content = new StreamContent(body) }).Client();
        body.Send("""{"features": [""");
        var items = client.Collections.ListItemsAsync("c", cancellationToken: stop.Token).CountAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await items);
    }

    private static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            zip.Write(bytes);
        }

        return zipped.ToArray();
    }

    private static async Task CollectAsync(MlHubClient client, List<string> ids)
    {
        await foreach (var item in client.Collections.ListItemsAsync("c", new ItemQuery { Limit = null }))
        {
            ids.Add(item.Id);
        }
    }

    /// <summary>A body of which more comes when the test says so.</summary>
    private sealed class SlowBody : ReadOnlyStream
    {
        private readonly System.IO.Pipelines.Pipe _pipe = new(new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 0));
        private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsRead => _read.Task;

        public void Send(string text)
        {
            _pipe.Writer.Write(Encoding.UTF8.GetBytes(text));
            Assert.True(_pipe.Writer.FlushAsync().AsTask().IsCompletedSuccessfully);
        }

        public void End() => _pipe.Writer.Complete();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await _pipe.Reader.ReadAsync(cancellationToken);
            var count = (int)Math.Min(buffer.Length, read.Buffer.Length);
            read.Buffer.Slice(0, count).CopyTo(buffer.Span);
            _pipe.Reader.AdvanceTo(read.Buffer.GetPosition(count));
            if (count == 0)
            {
                _read.TrySetResult();
            }

            return count;
        }
    }

    private sealed class InPieces(byte[] body, int size) : ReadOnlyStream
    {
        private int _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(Math.Min(size, buffer.Length), body.Length - _at);
            body.AsSpan(_at, count).CopyTo(buffer.Span);
            _at += count;
            return ValueTask.FromResult(count);
        }
    }

    private sealed class BreakingBody(byte[] body) : ReadOnlyStream
    {
        private readonly InPieces _body = new(body, body.Length);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await _body.ReadAsync(buffer, cancellationToken) is > 0 and var count ? count : throw new IOException("The connection was reset.");
    }

    /// <summary>A start, and then one letter for ever.</summary>
    private sealed class Endless(string start) : ReadOnlyStream
    {
        private int _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < buffer.Length; i++)
            {
                buffer.Span[i] = _at < start.Length ? (byte)start[_at++] : (byte)'x';
            }

            return ValueTask.FromResult(buffer.Length);
        }
    }
}
