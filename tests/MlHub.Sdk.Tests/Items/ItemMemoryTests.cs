using System.Text;

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

    [Fact]
    public async Task The_memory_of_a_list_does_not_grow_with_the_size_of_its_pages()
    {
        const int Megabytes = 200;
        using var client = new FakeHub().Answers("collections/c/items", _ => new HttpResponseMessage { Content = new StreamContent(new LargePage(Megabytes * 1024L * 1024)) }).Client();
        var (count, most) = (0, 0L);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await foreach (var item in client.Collections.ListItemsAsync("c", new ItemQuery { Limit = null }))
        {
            count++;
            most = count % 10_000 == 0 ? Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before) : most;
        }

        Assert.True(count > 40_000, $"Only {count} items were listed.");
        Assert.True(most < 20_000_000, $"{most} bytes were in use at once.");
    }

    /// <summary>A page that is made while it is read.</summary>
    private sealed class LargePage(long length) : ReadOnlyStream
    {
        private readonly byte[] _item = Encoding.UTF8.GetBytes(Json.Item("i", more: $", \"pad\": \"{new string('x', 4000)}\"") + ",");
        private byte[] _piece = Encoding.UTF8.GetBytes("""{"features": [""");
        private int _at;
        private long _sent;
        private bool _isLast;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_at == _piece.Length && !_isLast)
            {
                (_at, _isLast) = (0, _sent >= length);
                _piece = _isLast ? Encoding.UTF8.GetBytes($$"""{{Json.Item("last")}}], "links": []}""") : _item;
            }

            var count = Math.Min(buffer.Length, _piece.Length - _at);
            _piece.AsSpan(_at, count).CopyTo(buffer.Span);
            _at += count;
            _sent += count;
            return ValueTask.FromResult(count);
        }
    }

    [CollectionDefinition(nameof(ItemMemoryTests), DisableParallelization = true)]
    public sealed class Alone;
}
