namespace MlHub.Sdk.Tests.Items;

/// <summary>Alone, because it measures the memory of the whole process.</summary>
[Collection(nameof(ItemMemoryTests))]
public sealed class ItemMemoryTests
{
    [Fact]
    public async Task An_item_that_is_kept_does_not_keep_its_page()
    {
        const int Pages = 200;
        var page = Json.Page(Enumerable.Range(0, 300).Select(i => Json.Item($"{i}", more: $", \"pad\": \"{new string('x', 3000)}\"")));
        using var client = new FakeHub().Answers("collections/c/items", page).Client();
        var kept = new List<Item> { await client.Collections.ListItemsAsync("c").FirstAsync() };
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Pages; i++)
        {
            kept.Add(await client.Collections.ListItemsAsync("c").FirstAsync());
        }

        // One page is over a million characters; an item some thousand.
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Pages;
        GC.KeepAlive(kept);
        Assert.True(each < 100_000, $"{each} bytes are kept for each item.");
    }

    [CollectionDefinition(nameof(ItemMemoryTests), DisableParallelization = true)]
    public sealed class Alone;
}
