using System.Diagnostics.Metrics;
using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A restart: bytes that were fetched or found are thrown away, and the download begins again. Result, progress, log and telemetry say the same.</summary>
public sealed class RestartTests : DownloadTest
{
    private static readonly AsyncLocal<RestartTests?> Current = new();
    private int _counted;

    private DownloadRequest WithDigest => Request with { ExpectedDigests = [FileDigest.Parse($"md5:{Md5(Remote.Bytes)}")] };

    [Fact]
    public async Task A_remote_that_changed_is_a_restart()
    {
        await InterruptAsync();
        Remote.ETag = "\"v2\"";

        await AssertRestartsAsync(Request, "the remote file changed");
    }

    [Fact]
    public async Task A_file_of_no_use_is_one_restart_however_often_the_transfer_breaks_off()
    {
        Remote.ETag = null;
        await File.WriteAllBytesAsync(Final, new byte[1_000_000]);
        Remote.Twist = (request, answer) => request.Number == 1 ? answer with { Body = answer.Body[..500_000], End = ScriptedEnd.Close } : answer;

        await AssertRestartsAsync(Request, "cannot be completed", "the transfer broke off");
    }

    [Fact]
    public async Task Several_things_of_no_use_are_one_restart()
    {
        await File.WriteAllBytesAsync(Final, new byte[Size + 1]);
        await File.WriteAllBytesAsync(Part, new byte[1000]);

        await AssertRestartsAsync(Request, "has no usable journal; the file of 3000001 bytes that was there cannot be completed: it is longer than the remote");
    }

    [Fact]
    public async Task A_small_file_that_breaks_off_is_a_restart_that_is_called_by_its_name()
    {
        Remote.Bytes = RandomNumberGenerator.GetBytes(1000);
        Remote.Twist = (request, answer) => request.Number == 1 ? answer with { Body = answer.Body[..500], End = ScriptedEnd.Close } : answer;

        await AssertRestartsAsync(Request, "so small a file is fetched in one go");
    }

    [Fact]
    public async Task A_file_that_is_not_what_is_expected_is_a_restart()
    {
        await File.WriteAllBytesAsync(Final, new byte[Size]);

        await AssertRestartsAsync(WithDigest, "not what is expected");
    }

    [Fact]
    public async Task A_download_that_goes_on_from_an_earlier_run_is_no_restart_whatever_lies_under_the_final_name()
    {
        await InterruptAsync(request: WithDigest);
        await File.WriteAllBytesAsync(Final, new byte[Size]);

        var result = await AssertRestartsAsync(WithDigest);

        Assert.True(result.ResumedFrom > 0);
    }

    [Fact]
    public async Task A_partial_file_that_is_completed_is_no_restart_even_after_a_kill_while_it_was_copied()
    {
        await File.WriteAllBytesAsync(Final, Remote.Bytes[..2_000_000]);
        await File.WriteAllBytesAsync(Part, Remote.Bytes[..1_000_000]);

        var result = await AssertRestartsAsync(WithDigest);

        Assert.True(result.ResumedFrom > 1_900_000);
    }

    [Fact]
    public async Task A_part_of_another_address_that_gives_way_to_a_partial_file_is_a_restart()
    {
        await InterruptAsync(request: Request with { Url = Server.Url("other"), FileName = "data.bin" });
        await File.WriteAllBytesAsync(Final, Remote.Bytes[..2_000_000]);

        var result = await AssertRestartsAsync(WithDigest, "what an earlier run left came from");

        Assert.True(result.ResumedFrom > 1_900_000);
    }

    [Fact]
    public async Task A_partial_file_that_the_digest_does_not_vouch_for_is_one_restart()
    {
        await File.WriteAllBytesAsync(Final, new byte[2_000_000]);

        await AssertRestartsAsync(WithDigest, "not a part of this file");
    }

    [Fact]
    public async Task What_overwrite_replaces_or_what_is_empty_or_tried_again_is_no_restart()
    {
        await File.WriteAllBytesAsync(Final, new byte[1000]);
        await AssertRestartsAsync(Request with { Options = new() { IfExists = IfExists.Overwrite } });

        await File.WriteAllBytesAsync(Final, []);
        Remote.CutAfter = 1_000_000;
        await AssertRestartsAsync(Request);
    }

    [Fact]
    public async Task A_result_prints_what_happened_in_words()
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
            result.RestartReasons.Select(reason => $"The download of {Server.Url("data.bin")} starts again: {reason}."),
            log.Messages.Where(message => message.Contains("starts again", StringComparison.Ordinal)));
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
