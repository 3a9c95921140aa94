using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>
/// An invalid response to a later request affects only that request or connection, never the file. Only the first response of an attempt decides which file it
/// is.
/// </summary>
public sealed class OddAnswerTests : DownloadTest
{
    private const string LongAgo = "Mon, 01 Jan 2024 10:00:00 GMT";

    public static TheoryData<string> All => new(OddAnswers.All);

    public static TheoryData<string> NotTheRange => new(OddAnswers.NotTheRange);

    public static TheoryData<string> OfAnotherVersion => new(OddAnswers.OfAnotherVersion);

    [Theory]
    [MemberData(nameof(All))]
    public async Task Invalid_responses_on_additional_connections_do_not_stop_the_first(string kind)
    {
        var (weighed, pieces) = (new TaskCompletionSource(), 0);
        Remote.LastModified = LongAgo;
        Remote.Twist = (request, answer) => request.Number == 1
            ? answer with { BeforePiece = stop => ++pieces == 8 ? weighed.Task.WaitAsync(stop) : Task.CompletedTask }
            : OddAnswers.Of(kind, request, Remote);
        using var log = new CollectedLog { Heard = message => _ = IsCost(message) && weighed.TrySetResult() };

        var result = await NewDownloader(options => options.Loggers = log).DownloadAsync(Request with { Options = new() { Connections = 4 } });

        await AssertWholeAsync(result);
        Assert.Empty(result.RestartReasons);
        Assert.Equal(1, Server.Requests.Count(request => request.Range is null));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_invalid_response_on_one_of_several_connections_is_retried(string kind)
    {
        var (weighed, pieces) = (new TaskCompletionSource(), 0);
        Remote.LastModified = LongAgo;
        Remote.Bytes = RandomNumberGenerator.GetBytes(8_000_000);
        Remote.Twist = (request, answer) =>
        {
            // HttpClient itself retries a request that got no byte of a response.
            _ = kind == "reset" && request.Number > 4 && weighed.TrySetResult();
            return request.Number switch
            {
                1 => answer with { BeforePiece = stop => ++pieces == 8 ? weighed.Task.WaitAsync(stop) : Task.CompletedTask },
                3 => OddAnswers.Of(kind, request, Remote),
                _ => answer,
            };
        };
        using var log = new CollectedLog { Heard = message => _ = IsCost(message) && weighed.TrySetResult() };

        var result = await NewDownloader(options => options.Loggers = log).DownloadAsync(Request with { Options = new() { Connections = 4 } });

        await AssertWholeAsync(result);
        Assert.Empty(result.RestartReasons);
    }

    // One connection, so that no other connection delivers bytes when the invalid response arrives. Five corrupt blocks are five ranges: the first is received
    // completely, the others are requested twice.
    [Theory]
    [MemberData(nameof(All))]
    public async Task An_invalid_response_after_a_complete_range_is_retried(string kind)
    {
        Remote.LastModified = LongAgo;
        await InterruptAsync(afterBytes: Size - 100_000);
        SpoilPart(500_000, 1_000_000, 1_500_000, 2_000_000, 2_500_000);
        var asked = 0;
        Remote.Twist = (request, answer) => Interlocked.Increment(ref asked) is 3 or 5 ? OddAnswers.Of(kind, request, Remote) : answer;

        var result = await DownloadAsync(Request with { Options = new() { Connections = 1 } });

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
        Assert.Empty(result.RestartReasons);
        Assert.InRange(Server.Requests.Count, 8, 10);
        Assert.All(Server.Requests, request => Assert.NotNull(request.Range));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_invalid_response_to_the_first_retry_is_retried(string kind)
    {
        Remote.LastModified = LongAgo;
        Remote.Twist = (request, answer) => request.Number switch
        {
            1 => answer with { Body = answer.Body[..1_000_000], End = ScriptedEnd.Close },
            2 => OddAnswers.Of(kind, request, Remote),
            _ => answer,
        };

        var result = await DownloadAsync(Request with { Options = new() { Connections = 1 } });

        await AssertWholeAsync(result);
        Assert.Empty(result.RestartReasons);
        Assert.All(Server.Requests.Skip(1), request => Assert.NotNull(request.Range));
    }

    [Theory]
    [MemberData(nameof(NotTheRange))]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("503")]
    [InlineData("reset")]
    public async Task The_part_file_of_an_earlier_run_is_kept_after_one_invalid_first_response(string kind)
    {
        await InterruptAsync();
        var asked = 0;
        Remote.Twist = (request, answer) => Interlocked.Increment(ref asked) == 1 ? OddAnswers.Of(kind, request, Remote) : answer;

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
        Assert.Empty(result.RestartReasons);
        Assert.All(Server.Requests, request => Assert.NotNull(request.Range));
    }

    [Fact]
    public async Task An_invalid_response_is_retried_even_if_MaxRetries_is_0()
    {
        await InterruptAsync();
        var asked = 0;
        Remote.Twist = (request, answer) => Interlocked.Increment(ref asked) == 1 ? OddAnswers.Of("206 shifted", request, Remote) : answer;

        var result = await NewDownloader(options => options.Transfer.MaxRetries = 0).DownloadAsync(Request);

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
    }

    [Theory]
    [MemberData(nameof(NotTheRange))]
    public async Task An_invalid_first_response_is_final_after_four_times_in_a_row(string kind)
    {
        await InterruptAsync();
        Remote.Twist = (request, answer) => request.Range is null ? answer : OddAnswers.Of(kind, request, Remote);

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal((0, 1), (result.ResumedFrom, result.Restarts));
        Assert.Equal(4, Server.Requests.TakeWhile(request => request.Range is not null).Count());
    }

    [Theory]
    [InlineData("page")]
    [InlineData("206 gzip")]
    [InlineData("400")]
    [InlineData("401")]
    [InlineData("403")]
    [InlineData("404")]
    [InlineData("410")]
    [InlineData("202")]
    public async Task The_part_file_of_an_earlier_run_is_kept_and_resumed_later_if_the_first_response_ends_the_download(string kind)
    {
        await InterruptAsync();
        var before = await File.ReadAllBytesAsync(Part);
        Remote.Twist = (request, _) => OddAnswers.Of(kind, request, Remote);

        await Assert.ThrowsAnyAsync<MlHubException>(() => DownloadAsync());
        var after = await File.ReadAllBytesAsync(Part);
        Remote.Twist = null;
        var result = await DownloadAsync();

        Assert.Equal(before, after);
        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
    }

    [Theory]
    [MemberData(nameof(OfAnotherVersion))]
    public async Task The_first_response_of_a_later_run_can_show_that_the_file_changed(string kind)
    {
        Remote.LastModified = LongAgo;
        await InterruptAsync();
        var asked = 0;
        Remote.Twist = (request, answer) => Interlocked.Increment(ref asked) == 1 ? OddAnswers.Of(kind, request, Remote) : answer;

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal((0, 1), (result.ResumedFrom, result.Restarts));
    }

    // The log message of a refused connection or a failure.
    private static bool IsCost(string message) =>
        message.StartsWith("An additional connection", StringComparison.Ordinal) || message.Contains("Trying again", StringComparison.Ordinal);
}
