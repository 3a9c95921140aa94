using System.IO.Hashing;
using BenchmarkDotNet.Attributes;
using MlHub.Sdk;
using MlHub.Sdk.Downloads.Integrity;

namespace MlHub.Benchmarks;

/// <summary>The checksum of a block, and the digests of whole files, over one MiB.</summary>
public class HashingBenchmarks
{
    private readonly byte[] _bytes = new byte[1 << 20];

    [GlobalSetup]
    public void Fill() => new Random(1).NextBytes(_bytes);

    [Benchmark(Baseline = true)]
    public ulong BlockXxh3() => XxHash3.HashToUInt64(_bytes);

    [Benchmark]
    [Arguments(DigestAlgorithm.Md5)]
    [Arguments(DigestAlgorithm.Sha256)]
    [Arguments(DigestAlgorithm.Crc32C)]
    [Arguments(DigestAlgorithm.Crc64Nvme)]
    public object Whole(DigestAlgorithm algorithm)
    {
        using var digest = RunningDigest.Start(algorithm);
        digest.Append(_bytes);
        return digest.Finish();
    }
}
