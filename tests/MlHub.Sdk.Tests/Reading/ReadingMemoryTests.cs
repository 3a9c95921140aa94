namespace MlHub.Sdk.Tests.Reading;

/// <summary>Alone, because it measures the memory of the whole process.</summary>
[Collection(nameof(ReadingMemoryTests))]
public sealed class ReadingMemoryTests : ReadingTest
{
    [Fact]
    public async Task A_stream_stays_within_its_memory_limit()
    {
        const int Streams = 10;
        const int MiB = 1024 * 1024;
        Remote.Bytes = new byte[12 * MiB];
        var client = NewClient();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var streams = new List<Stream>();
        for (var number = 0; number < Streams; number++)
        {
            streams.Add(await client.OpenReadAsync(Url, new OpenReadOptions { BufferSize = 4 * MiB }));
            await streams[^1].CopyToAsync(Stream.Null);
            streams[^1].Position = 1_000_000;
            await streams[^1].ReadExactlyAsync(new byte[5 * MiB]);
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Streams;
        streams.ForEach(stream => stream.Dispose());
        Assert.InRange(each, 3 * MiB, 5 * MiB);
    }

    [CollectionDefinition(nameof(ReadingMemoryTests), DisableParallelization = true)]
    public sealed class Alone;
}
