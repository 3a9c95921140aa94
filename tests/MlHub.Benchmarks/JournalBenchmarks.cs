using System.Buffers;
using BenchmarkDotNet.Attributes;
using MlHub.Sdk.Downloads.Journaling;
using MlHub.Sdk.Downloads.Naming;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Benchmarks;

/// <summary>Writing a journal, in memory and to its place (temporary name, rename), and reading it.</summary>
[MemoryDiagnoser]
public class JournalBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private string _directory = "";
    private Journal _journal = null!;
    private JournalFile _file = null!;
    private byte[] _bytes = [];

    /// <summary>The file's length in GiB.</summary>
    [Params(2, 70)]
    public long Gibibytes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var granules = Granules.For(Gibibytes << 30);
        _journal = new Journal
        {
            Identity = new RemoteIdentity { Url = "https://example.org/data.tar.gz", ETag = EntityTag.Read("\"x\""), Length = granules.FileLength },
            Digests = [],
            Granules = granules,
            States = [.. Enumerable.Range(0, granules.Count).Select(index => index % 2 == 0 ? GranuleState.Done : GranuleState.Missing)],
            Checksums = new ulong[granules.Count],
        };
        _directory = Directory.CreateTempSubdirectory("mlhub-").FullName;
        _file = new JournalFile(new Target(_directory, "data.tar.gz"));
        JournalFormat.Write(_output, _journal);
        _bytes = _output.WrittenSpan.ToArray();
        Console.WriteLine($"// The journal of {Gibibytes} GiB has {_bytes.Length} bytes.");
    }

    [GlobalCleanup]
    public void CleanUp() => Directory.Delete(_directory, recursive: true);

    [Benchmark]
    public int Format()
    {
        _output.ResetWrittenCount();
        JournalFormat.Write(_output, _journal);
        return _output.WrittenCount;
    }

    [Benchmark]
    public void WriteToItsPlace() => _file.Write(_journal);

    [Benchmark]
    public object? Read() => JournalFormat.Read(_bytes);
}
