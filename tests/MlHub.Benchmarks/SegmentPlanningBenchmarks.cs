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
        var plan = new Plan(Granules.For(Gibibytes << 30), TimeProvider.System);
        var leases = new List<Lease>();
        while (plan.TryTake(32 << 20) is { } lease)
        {
            leases.Add(lease);
        }

        leases.ForEach(plan.Return);
        return leases.Count;
    }
}
