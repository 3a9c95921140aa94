using System.Buffers;
using BenchmarkDotNet.Attributes;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Resume;

namespace MlHub.Benchmarks;

/// <summary>Writing a journal, in memory and to its place (temporary name, rename), and reading it.</summary>
[MemoryDiagnoser]
public class JournalBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private string _directory = "";
    private ResumeState _journal = null!;
    private PartFile _part = null!;
    private byte[] _bytes = [];

    /// <summary>The file's length in GiB.</summary>
    [Params(2, 70)]
    public long Gibibytes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var blocks = Blocks.For(Gibibytes << 30);
        _journal = new ResumeState
        {
            Identity = new FileIdentity { Url = "https://example.org/data.tar.gz", ETag = EntityTag.Read("\"x\""), Length = blocks.FileLength },
            Digests = [],
            Blocks = blocks,
            States = [.. Enumerable.Range(0, blocks.Count).Select(index => index % 2 == 0 ? BlockState.Done : BlockState.Missing)],
            Checksums = new ulong[blocks.Count],
        };
        _directory = Directory.CreateTempSubdirectory("mlhub-").FullName;
        _part = PartFile.TryTake(new Target(_directory, "data.tar.gz"), new SilenceWatch(TimeProvider.System), out _)!;
        JournalFormat.Write(_output, _journal);
        _bytes = _output.WrittenSpan.ToArray();
        Console.WriteLine($"// The journal of {Gibibytes} GiB has {_bytes.Length} bytes.");
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _part.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark]
    public int Format()
    {
        _output.ResetWrittenCount();
        JournalFormat.Write(_output, _journal);
        return _output.WrittenCount;
    }

    [Benchmark]
    public void WriteToItsPlace()
    {
        Format();
        _part.WriteJournal(_output.WrittenSpan);
    }

    [Benchmark]
    public object? Read() => JournalFormat.Read(_bytes);
}
