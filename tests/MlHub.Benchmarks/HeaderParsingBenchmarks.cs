using BenchmarkDotNet.Attributes;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Benchmarks;

/// <summary>What is read from the headers of every answer to a range.</summary>
[MemoryDiagnoser]
public class HeaderParsingBenchmarks
{
    [Benchmark]
    public object? ContentRangeHeader() => ContentRange.Read("bytes 1073741824-2147483647/71138210977");

    [Benchmark]
    public object? ETagHeader() => EntityTag.Read("\"0x8D968C5F3B94E1C\"");
}
