using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MlHub.Sdk.Tests.Stac;

namespace MlHub.Sdk.Tests.Fuzzing;

/// <summary>A body of any bytes is an entity, a page, an error message, or an <see cref="MlHubException"/>.</summary>
public sealed class JsonFuzzTests : FuzzTest
{
    private const string Items = "collections/c/items";

    [Fact]
    public Task Any_body_is_a_readable_entity_or_is_rejected() => Fuzzer.RunAsync("entities", Corpus.Read("entities"), async input =>
    {
        using var client = new FakeHub()
            .Answers("collections/x", _ => Body(input))
            .Answers($"{Items}/x", _ => Body(input))
            .Answers("datasets/x", _ => Body(input))
            .Answers("models/x", _ => Body(input))
            .Answers("archive/x/info", _ => Body(input))
            .Answers("catalog/x/info", _ => Body(input))
            .Client();

        await TryAsync(() => client.Collections.GetAsync("x"), collection => AssertSame(input, collection.ToJson(), json => Collection.FromJson(json).ToJson()));
        await TryAsync(() => client.Collections.GetItemAsync("c", "x"), item => AssertSame(input, item.ToJson(), json => Item.FromJson(json).ToJson()));
        await TryAsync(() => client.Datasets.GetByIdAsync("x"), dataset => AssertSame(input, dataset.ToJson(), json => Dataset.FromJson(json).ToJson()));
        await TryAsync(() => client.Models.GetAsync("x"), model => AssertSame(input, model.ToJson(), json => MlModel.FromJson(json).ToJson()));
        await TryAsync(() => client.Archives.GetInfoAsync("x"));
        await TryAsync(() => client.Catalogs.GetInfoAsync("x"));
    });

    [Fact]
    public Task Any_page_of_items_is_listed_completely_or_is_rejected() => Fuzzer.RunAsync("pages", Corpus.Read("pages"), async input =>
    {
        var (listed, isRejected) = await ListAsync(input);

        if (Elements(input) is { } elements)
        {
            Assert.Equal(elements.Where(HasId).Select(element => Text(element)), listed.Select(item => item.ToJson()));
            Assert.False(isRejected);
            var cut = input.AsSpan().TrimEnd(" \t\r\n"u8).Length - 1;
            Assert.True((await ListAsync(input[..cut])).IsRejected, "The list looks complete without the last byte of the page.");
            Assert.True((await ListAsync(input[..(cut * input[cut / 2] / 256)])).IsRejected, "The list looks complete although the page is cut.");
        }
    });

    [Fact]
    public Task Any_list_of_datasets_is_listed_completely_or_is_rejected() => Fuzzer.RunAsync("datasets", Corpus.Read("datasets"), async input =>
    {
        using var client = new FakeHub().Answers("datasets", _ => Body(input)).Client();
        List<Dataset> listed = [];

        var error = await Record.ExceptionAsync(async () =>
        {
            await foreach (var dataset in client.Datasets.ListAsync())
            {
                EveryProperty.Read(dataset);
                listed.Add(dataset);
            }
        });

        Assert.True(error is null or MlHubException, $"{error}");
        if (TryParse(input) is { ValueKind: JsonValueKind.Array } array)
        {
            Assert.Equal(array.EnumerateArray().Where(HasId).Select(element => Text(element)), listed.Select(dataset => dataset.ToJson()));
        }
        else
        {
            Assert.NotNull(error);
        }
    });

    [Fact]
    public Task Any_error_page_is_quoted_on_one_line_or_left_out() => Fuzzer.RunAsync("error-pages", Corpus.Read("error-pages"), async input =>
    {
        using var client = new FakeHub().Answers("collections/x", _ => Body(input, HttpStatusCode.BadRequest)).Client();

        var error = await Assert.ThrowsAsync<MlHubException>(() => client.Collections.GetAsync("x"));

        Assert.InRange(error.ServerMessage?.Length ?? 1, 1, 501);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.Equal(error.Message, Mended(error.Message));
    });

    private static HttpResponseMessage Body(byte[] body, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = new ByteArrayContent(body) };

    private static async Task TryAsync<T>(Func<Task<T>> get, Action<T>? check = null)
    {
        try
        {
            var entity = await get();
            EveryProperty.Read(entity);
            check?.Invoke(entity);
        }
        catch (MlHubException error)
        {
            Assert.NotEmpty(error.Message);
        }
    }

    // Nothing is lost: the JSON is what the server sent, and reading it again returns the same.
    private static void AssertSame(byte[] input, string json, Func<JsonElement, string> again)
    {
        Assert.Equal(json, again(JsonElement.Parse(json)));
        if (TryParse(input) is { } element)
        {
            Assert.Equal(Text(element), json);
        }
    }

    private static async Task<(List<Item> Listed, bool IsRejected)> ListAsync(byte[] page)
    {
        using var client = new FakeHub().Answers(Items, _ => Body(page)).Client();
        List<Item> listed = [];
        try
        {
            await foreach (var item in client.Collections.ListItemsAsync("c", new ItemQuery { Limit = null }))
            {
                EveryProperty.Read(item);
                listed.Add(item);
            }

            return (listed, false);
        }
        catch (MlHubException)
        {
            return (listed, true);
        }
    }

    /// <summary>The elements of a page that is valid JSON, has one list and mentions no next page. Null if the input is not such a page.</summary>
    private static List<JsonElement>? Elements(byte[] input)
    {
        if (TryParse(input) is not { ValueKind: JsonValueKind.Object } page || Encoding.UTF8.GetString(input).Contains("next", StringComparison.OrdinalIgnoreCase)
            || page.EnumerateObject().Any(field => field.NameEquals("links") && Text(field.Value).Contains('\\', StringComparison.Ordinal)))
        {
            return null;
        }

        var lists = page.EnumerateObject().Where(field => field.NameEquals("features")).ToList();
        return lists is [{ Value.ValueKind: JsonValueKind.Array }] ? [.. lists[0].Value.EnumerateArray()] : null;
    }

    private static bool HasId(JsonElement element)
    {
        // Of a name that occurs twice, the last one counts.
        var id = element.ValueKind == JsonValueKind.Object ? element.EnumerateObject().LastOrDefault(field => field.NameEquals("id")).Value : default;
        return id.ValueKind == JsonValueKind.Number || (id.ValueKind == JsonValueKind.String && Text(id).Length > 2);
    }

    private static JsonElement? TryParse(byte[] json)
    {
        try
        {
            var text = json.AsSpan().StartsWith("\uFEFF"u8) ? json.AsMemory(3) : json;
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(JsonElement element) => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(element));

    private static string Mended(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
