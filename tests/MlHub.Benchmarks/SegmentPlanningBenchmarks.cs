using BenchmarkDotNet.Attributes;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Benchmarks;

/// <summary>Handing out a whole file in segments: what it costs beside the fetching.</summary>
[MemoryDiagnoser]
public class SegmentPlanningBenchmarks
{
    /// <summary>The file's length in GiB.</summary>
    [Params(2, 70)]
    public long Gibibytes { get; set; }

    [Benchmark]
    public int TakeAndReturnEverySegment()
    {
        var plan = new Plan(Blocks.For(Gibibytes << 30), TimeProvider.System);
        var segments = new List<Segment>();
        while (plan.TryTake(32 << 20, splits: true) is { } segment)
        {
            segments.Add(segment);
        }

        segments.ForEach(plan.Return);
        return segments.Count;
    }
}
