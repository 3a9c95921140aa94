using System.Diagnostics.Metrics;
using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>
/// A restart: downloaded or existing bytes are discarded, and the download starts again. Result, progress, log and telemetry report the same.
/// </summary>
public sealed class RestartTests : DownloadTest
{
    private static readonly AsyncLocal<RestartTests?> Current = new();
    private int _counted;

    private DownloadRequest WithDigest => Request with { ExpectedDigests = [FileDigest.Parse($"md5:{Md5(Remote.Bytes)}")] };

    [Fact]
    public async Task A_changed_remote_file_is_a_restart()
    {
        await InterruptAsync();
        Remote.ETag = "\"v2\"";

        await AssertRestartsAsync(Request, "the remote file changed");
    }

    [Fact]
    public async Task An_unusable_existing_file_is_one_restart_regardless_of_broken_transfers()
    {
        Remote.ETag = null;
        await File.WriteAllBytesAsync(Final, new byte[1_000_000]);
        Remote.Twist = (request, answer) => request.Number == 1 ? answer with { Body = answer.Body[..500_000], End = ScriptedEnd.Close } : answer;

        await AssertRestartsAsync(Request, "cannot be completed", "the transfer broke off");
    }

    [Fact]
    public async Task Several_unusable_files_are_one_restart()
    {
        await File.WriteAllBytesAsync(Final, new byte[Size + 1]);
        await File.WriteAllBytesAsync(Part, new byte[1000]);

        await AssertRestartsAsync(Request, "has no usable journal; the existing file of 3000001 bytes cannot be completed: it is longer than the remote");
    }

    [Fact]
    public async Task A_small_file_that_breaks_off_is_a_restart_with_its_own_reason()
    {
        Remote.Bytes = RandomNumberGenerator.GetBytes(1000);
        Remote.Twist = (request, answer) => request.Number == 1 ? answer with { Body = answer.Body[..500], End = ScriptedEnd.Close } : answer;

        await AssertRestartsAsync(Request, "a small file is downloaded with one request");
    }

    [Fact]
    public async Task An_existing_file_that_does_not_match_is_a_restart()
    {
        await File.WriteAllBytesAsync(Final, new byte[Size]);

        await AssertRestartsAsync(WithDigest, "does not match");
    }

    [Fact]
    public async Task A_resumed_download_is_not_a_restart_regardless_of_the_file_with_the_final_name()
    {
        await InterruptAsync(request: WithDigest);
        await File.WriteAllBytesAsync(Final, new byte[Size]);

        var result = await AssertRestartsAsync(WithDigest);

        Assert.True(result.ResumedFrom > 0);
    }

    [Fact]
    public async Task Completing_a_partial_file_is_not_a_restart_even_after_a_kill_during_the_copy()
    {
        await File.WriteAllBytesAsync(Final, Remote.Bytes[..2_000_000]);
        await File.WriteAllBytesAsync(Part, Remote.Bytes[..1_000_000]);

        var result = await AssertRestartsAsync(WithDigest);

        Assert.True(result.ResumedFrom > 1_900_000);
    }

    [Fact]
    public async Task Replacing_the_part_file_of_another_address_with_a_partial_file_is_a_restart()
    {
        await InterruptAsync(request: Request with { Url = Server.Url("other"), FileName = "data.bin" });
        await File.WriteAllBytesAsync(Final, Remote.Bytes[..2_000_000]);

        var result = await AssertRestartsAsync(WithDigest, "the part file of an earlier run is from");

        Assert.True(result.ResumedFrom > 1_900_000);
    }

    [Fact]
    public async Task A_partial_file_that_the_digest_disproves_is_one_restart()
    {
        await File.WriteAllBytesAsync(Final, new byte[2_000_000]);

        await AssertRestartsAsync(WithDigest, "do not belong to the remote file");
    }

    [Fact]
    public async Task Overwritten_files_empty_files_and_retries_are_not_restarts()
    {
        await File.WriteAllBytesAsync(Final, new byte[1000]);
        await AssertRestartsAsync(Request with { Options = new() { IfExists = IfExists.Overwrite } });

        await File.WriteAllBytesAsync(Final, []);
        Remote.CutAfter = 1_000_000;
        await AssertRestartsAsync(Request);
    }

    [Fact]
    public async Task A_result_as_text_describes_the_download()
    {
        await File.WriteAllTextAsync(Final, "short");

        var result = await DownloadAsync();

        Assert.Equal(
            $"{Final} ({Size} bytes, verified by length, started again: {result.RestartReasons[0]})", result.ToString());
    }

    private async Task<DownloadResult> AssertRestartsAsync(DownloadRequest request, params string[] reasons)
    {
        using var log = new CollectedLog();
        using var meters = Listen();
        var told = new List<DownloadProgress>();
        var result = await NewDownloader(options => options.Loggers = log).DownloadAsync(request, new InlineProgress(told.Add));

        await AssertWholeAsync(result);
        Assert.Equal(result.RestartReasons, told[^1].RestartReasons);
        Assert.Equal((DownloadPhase.Done, result.Retries), (told[^1].Phase, told[^1].Retries));
        Assert.Equal(reasons.Length, result.Restarts);
        Assert.All(result.RestartReasons.Zip(reasons), pair => Assert.Contains(pair.Second, pair.First, StringComparison.Ordinal));
        Assert.Equal(
            result.RestartReasons.Select(reason => $"The download of {Server.Url("data.bin")} restarts: {reason}."),
            log.Messages.Where(message => message.Contains("restarts", StringComparison.Ordinal)));
        Assert.Equal(reasons.Length, _counted);
        return result;
    }

    // The meter is the whole process's: what other tests count at the same time is told apart by the flow it is counted in.
    private MeterListener Listen()
    {
        Current.Value = this;
        _counted = 0;
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "mlhub.download.restarts")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => _counted += Current.Value == this ? (int)count : 0);
        listener.Start();
        return listener;
    }
}
