using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace MlHub.Cli.Tests;

/// <summary>Ctrl-C and SIGTERM while the command is about a file on the disk: while it copies, verifies and flushes one.</summary>
public sealed class SlowDiskTests : SurvivalTest
{
    private const int Size = 4_000_000;
    private const int There = 3_000_000;
    private const int Granule = 4096;
    private const int Few = 60_000;

    // Each of hundreds of pieces waits this long. The command would run for a minute, but ends at once when interrupted.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private SlowDisk Disk => new(Path.Combine(Path.GetDirectoryName(Output)!, "calls"));

    [SlowDiskTheory]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public async Task A_download_interrupted_while_it_copies_a_partial_file_does_not_change_that_file(PosixSignal signal, int code)
    {
        await using var server = new MeteredServer(Bytes(Size));
        Leave(server.File[..There]);
        using var run = Disk.Download("pread64", Final, Moment, server.Url, Output);
        await Disk.BegunAsync();

        run.Signal(signal);
        AssertInterrupted(await run.EndAsync(), code);

        AssertIs(server.File[..There]);
        await GoOnAsync(server, There - Granule);
    }

    [SlowDiskTheory]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public async Task A_download_interrupted_while_it_verifies_an_existing_file_does_not_change_that_file(PosixSignal signal, int code)
    {
        await using var server = new MeteredServer(Bytes(Size));
        var other = new byte[Size];
        Leave(other);
        using var run = Disk.Download("pread64", Final, TimeSpan.FromSeconds(0.5), server.Url, Output, "--digest", $"sha-256:{Convert.ToHexStringLower(SHA256.HashData(server.File))}");
        await Disk.BegunAsync();

        run.Signal(signal);
        AssertInterrupted(await run.EndAsync(), code);

        AssertIs(other);
    }

    [SlowDiskTheory]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public async Task A_download_interrupted_while_it_verifies_downloads_nothing_again(PosixSignal signal, int code)
    {
        // The digest waits for the disk in its first read, while all the rest comes: so few bytes are written, and not handed to it.
        await using var server = new MeteredServer(Bytes(Few));
        using var run = Disk.Download("pread64", Part, TimeSpan.FromSeconds(2), server.Url, Output);
        await Disk.BegunAsync();
        await WrittenAsync(server.File);

        run.Signal(signal);
        AssertInterrupted(await run.EndAsync(), code);

        Assert.False(File.Exists(Final));
        await GoOnAsync(server, Few);
    }

    [SlowDiskTheory]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public async Task A_download_interrupted_while_it_flushes_downloads_nothing_again(PosixSignal signal, int code)
    {
        await using var server = new MeteredServer(Bytes(Size));
        using var run = Disk.Download("fsync", Part, TimeSpan.FromSeconds(1), server.Url, Output);
        await Disk.BegunAsync();

        run.Signal(signal);
        AssertInterrupted(await run.EndAsync(), code);

        Assert.False(File.Exists(Final));
        await GoOnAsync(server, Size);
    }

    [SlowDiskTheory]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public async Task A_download_interrupted_repeatedly_while_it_flushes_ends_and_downloads_nothing_again(PosixSignal signal, int code)
    {
        await using var server = new MeteredServer(Bytes(Size));
        using var run = Disk.Download("fsync", Part, TimeSpan.FromSeconds(2), server.Url, Output);
        await Disk.BegunAsync();

        // Two that come at once may count as one.
        var ended = run.EndAsync();
        while (!ended.IsCompleted)
        {
            run.Signal(signal);
            await Task.WhenAny(ended, Task.Delay(50));
        }

        var exit = await ended;

        Assert.Equal(code, exit.Code);
        Assert.False(File.Exists(Final));
        await GoOnAsync(server, Size);
    }

    private void Leave(byte[] bytes)
    {
        Directory.CreateDirectory(Output);
        File.WriteAllBytes(Final, bytes);
    }

    private void AssertIs(byte[] bytes)
    {
        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(Final)), "The file is not as it was.");
        AssertAlone();
    }

    // Another process writes it, and it can only be looked at. What is written is noted before that process ends.
    private async Task WrittenAsync(byte[] bytes)
    {
        for (var patience = Stopwatch.StartNew(); !bytes.AsSpan().SequenceEqual(Read(Part)); await Task.Delay(5))
        {
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1), "Not all that was given was written.");
        }
    }

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static void AssertInterrupted(MlHubExit exit, int code)
    {
        Assert.Equal(code, exit.Code);
        Assert.Empty(exit.Output);
        Assert.EndsWith("mlhub: interrupted\n", exit.Error, StringComparison.Ordinal);
    }

    private async Task GoOnAsync(MeteredServer server, int leastResumed)
    {
        using var run = MlHubProcess.Download(server.Url, Output, "--format", "json");
        var exit = await run.EndAsync();

        Assert.True(exit.Code == 0, exit.Error);
        Assert.InRange(JsonDocument.Parse(exit.Output).RootElement[0].GetProperty("resumedFrom").GetInt64(), leastResumed, server.File.Length);
        AssertWhole(server);
        AssertAlone();
    }
}
