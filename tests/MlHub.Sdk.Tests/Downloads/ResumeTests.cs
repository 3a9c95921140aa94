namespace MlHub.Sdk.Tests.Downloads;

public sealed class ResumeTests : DownloadTest
{
    private const string LongAgo = "Mon, 05 Jan 2026 10:00:00 GMT";
    private const string Later = "Mon, 05 Jan 2026 10:00:05 GMT";

    [Fact]
    public async Task A_new_process_goes_on_where_the_last_one_stopped()
    {
        await InterruptAsync();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.InRange(result.ResumedFrom, Size * 0.48, Size * 0.5);
        Assert.All(Server.Requests, request => Assert.Equal("\"v1\"", request.Header("If-Range")));
        Assert.Equal(0, result.Restarts);
    }

    [Fact]
    public async Task A_broken_connection_is_resumed_within_one_run()
    {
        Remote.CutAfter = 400_000;

        await AssertWholeAsync(await DownloadAsync());

        Assert.All(Server.Requests.Skip(1), request => Assert.NotNull(request.Range));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_remote_that_changed_since_is_fetched_again_from_the_start(bool honoursIfRange)
    {
        await InterruptAsync();
        Remote.HonoursIfRange = honoursIfRange;
        Remote.Bytes = Bytes();
        Remote.ETag = "\"v2\"";

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.Contains("\"v1\"", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    // ETags and dates are of one resource: of another, the same ones say nothing.
    [Theory]
    [InlineData("data.bin?id=1", "data.bin?id=2", false)]
    [InlineData("data.bin?id=1", "data.bin", false)]
    [InlineData("data.bin?id=1&sig=a&X-Amz-Date=1", "data.bin?id=1&sig=b&X-Amz-Date=2", true)]
    public async Task What_was_fetched_from_another_query_is_not_built_on_unless_only_its_signature_differs(string first, string second, bool resumes)
    {
        await InterruptAsync(request: Request with { Url = Server.Url(first) });
        Remote.Bytes = resumes ? Remote.Bytes : Bytes();

        var result = await DownloadAsync(Request with { Url = Server.Url(second) });

        await AssertWholeAsync(result);
        Assert.Equal(resumes, result.ResumedFrom > 0);
        Assert.Equal(resumes ? 0 : 1, result.Restarts);
    }

    [Fact]
    public async Task An_expired_address_that_is_renewed_to_another_file_makes_it_start_again()
    {
        var (second, moved) = (Bytes(), false);
        Remote.CutAfter = Size / 2;
        Remote.Twist = (request, answer) =>
        {
            if (request.Path.StartsWith("/data.bin", StringComparison.Ordinal))
            {
                return ScriptedAnswer.Of(302, []).With("Location", moved ? "/v2/data.bin" : "/v1/data.bin");
            }

            if (request.Range is null || request.Path.StartsWith("/v2/", StringComparison.Ordinal))
            {
                return answer;
            }

            (moved, Remote.CutAfter, Remote.Bytes) = (true, null, second);
            return ScriptedAnswer.Of(403, []);
        };

        var result = await DownloadAsync(Request with { Connections = 1 });

        Assert.Equal(Md5(second), Md5(await File.ReadAllBytesAsync(result.Path)));
        Assert.Contains("v2", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"v1\"", null)]
    [InlineData("W/\"v1\"", null)]
    [InlineData(null, LongAgo)]
    [InlineData(null, null)]
    public async Task A_remote_that_changes_in_the_middle_is_never_spliced(string? etag, string? lastModified)
    {
        var second = Bytes();
        (Remote.ETag, Remote.LastModified, Remote.CutAfter) = (etag, lastModified, Size / 2);
        Remote.Twist = (request, answer) =>
        {
            if (request.Number == 1)
            {
                return answer;
            }

            (Remote.CutAfter, Remote.Bytes) = (null, second);
            (Remote.ETag, Remote.LastModified) = (etag?.Replace('1', '2'), lastModified is null ? null : Later);
            Remote.Twist = null;
            return Remote.Answer(request);
        };

        var result = await DownloadAsync(Request with { Connections = 1 });

        await AssertWholeAsync(result);
        Assert.Equal(Md5(second), Md5(await File.ReadAllBytesAsync(Final)));
        Assert.Equal(1, result.Restarts);
    }

    [Fact]
    public async Task The_journal_of_another_file_is_not_believed()
    {
        var other = Request with { Url = Server.Url("other.bin") };
        await InterruptAsync(request: other);
        File.Move(Path.Combine(Output, "other.bin.mlhub-part"), Part);
        File.Move(Path.Combine(Output, "other.bin.mlhub-journal"), Journal);
        Remote.Bytes = Bytes();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.Equal(1, result.Restarts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_that_something_replaces_or_cuts_meanwhile_never_becomes_the_file(bool replaces)
    {
        var isDone = false;
        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader().DownloadAsync(Request, new InlineProgress(report =>
        {
            if (report.Phase == DownloadPhase.Verifying && !isDone)
            {
                isDone = true;
                Spoil(replaces);
            }
        })));

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.False(File.Exists(Final));
        await AssertWholeAsync(await DownloadAsync());
    }

    [Fact]
    public async Task A_date_that_is_the_same_proves_the_remote_to_be_the_same()
    {
        Remote.ETag = null;
        Remote.LastModified = LongAgo;
        await InterruptAsync();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
        Assert.All(Server.Requests, request => Assert.Null(request.Header("If-Range")));
    }

    [Fact]
    public async Task A_date_that_changed_makes_it_start_again()
    {
        Remote.ETag = null;
        Remote.LastModified = LongAgo;
        await InterruptAsync();
        Remote.Bytes = Bytes();
        Remote.LastModified = Later;

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
    }

    [Theory]
    [InlineData("W/\"weak\"")]
    [InlineData(null)]
    public async Task What_cannot_be_proved_is_never_resumed(string? etag)
    {
        Remote.ETag = etag;
        await InterruptAsync();
        Remote.Bytes = Bytes();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.NotEmpty(result.RestartReasons);
        Assert.All(Server.Requests, request => Assert.Null(request.Range));
    }

    [Fact]
    public async Task What_cannot_be_proved_is_not_resumed_within_one_run_either()
    {
        Remote.ETag = null;
        Remote.CutAfter = 1_000_000;
        Remote.Twist = (request, answer) =>
        {
            // The second request gets another file, whole.
            Remote.Bytes = request.Number == 1 ? Bytes() : Remote.Bytes;
            Remote.CutAfter = null;
            return answer;
        };

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
    }

    [Fact]
    public async Task Unquoted_etags_prove_sameness_but_are_not_sent()
    {
        Remote.ETag = "0x8D968C5F3B94E1C";
        Remote.HonoursIfRange = false;
        await InterruptAsync();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
        Assert.All(Server.Requests, request => Assert.Null(request.Header("If-Range")));
    }

    [Fact]
    public async Task A_remote_that_changes_in_mid_file_is_never_spliced()
    {
        Remote.HonoursIfRange = false;
        Remote.CutAfter = 1_000_000;
        Remote.Twist = (request, answer) =>
        {
            if (request.Number == 1)
            {
                Remote.Bytes = Bytes();
                Remote.ETag = "\"v2\"";
            }

            Remote.CutAfter = null;
            return answer;
        };

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
    }

    [Fact]
    public async Task A_remote_that_always_changes_fails_after_three_changes()
    {
        Remote.HonoursIfRange = false;
        Remote.CutAfter = 1_000_000;
        Remote.Twist = (request, answer) =>
        {
            Remote.ETag = $"\"v{request.Number}\"";
            return answer;
        };

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.RemoteChanged, error.Reason);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [Fact]
    public async Task Spoilt_granules_are_fetched_again_and_nothing_else()
    {
        await InterruptAsync();
        await using (var part = File.Open(Part, FileMode.Open))
        {
            part.Position = 500_000;
            part.WriteByte((byte)(Remote.Bytes[500_000] + 1));
        }

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.InRange(result.ResumedFrom, Size * 0.4, (Size * 0.5) - 1);
    }

    [Fact]
    public async Task A_part_that_was_cut_is_filled_again()
    {
        await InterruptAsync();
        await using (var part = File.Open(Part, FileMode.Open))
        {
            part.SetLength(300_000);
        }

        await AssertWholeAsync(await DownloadAsync());
    }

    [Fact]
    public async Task A_part_without_its_journal_is_not_believed()
    {
        await InterruptAsync();
        File.Delete(Journal);

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.Equal(1, result.Restarts);
    }

    [Fact]
    public async Task A_complete_part_is_finished_with_one_small_request()
    {
        await InterruptBeforeTheRenameAsync();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(Size, result.ResumedFrom);
        Assert.Equal((Size - 1, Size - 1), Assert.Single(Server.Requests).Range);
    }

    [Fact]
    public async Task Digests_learnt_at_the_first_answer_are_checked_after_a_resume()
    {
        Remote.Headers.Add(new("Content-MD5", Md5(Bytes())));
        await InterruptAsync();
        Remote.Headers.Clear();

        // The first digest was wrong: what was resumed is doubted once, and then the server, which promises nothing any more, is believed.
        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
    }

    [Fact]
    public async Task A_date_that_no_clock_of_the_servers_bears_out_proves_nothing()
    {
        Remote.ETag = null;
        Remote.LastModified = LongAgo;
        Remote.Date = null;
        await InterruptAsync();
        Remote.Bytes = Bytes();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.All(Server.Requests, request => Assert.Null(request.Range));
    }

    private static byte[] Bytes() => System.Security.Cryptography.RandomNumberGenerator.GetBytes(Size);

    // A directory that comes to lie under the final name is what a run fails on when all bytes are there.
    private async Task InterruptBeforeTheRenameAsync()
    {
        var inTheWay = new InlineProgress(report =>
        {
            if (report.Phase == DownloadPhase.Verifying)
            {
                Directory.CreateDirectory(Final);
            }
        });
        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader().DownloadAsync(Request, inTheWay));
        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Directory.Delete(Final);
        Server.Requests.Clear();
    }

    [Fact]
    public async Task A_result_prints_what_happened_in_words()
    {
        await File.WriteAllTextAsync(Final, "short");

        var result = await DownloadAsync();

        Assert.Equal(
            $"{Final} ({Size} bytes, verified by length, started again: {result.RestartReasons[0]})", result.ToString());
    }

    [Theory]
    [InlineData("Connections")]
    [InlineData("FileName")]
    [InlineData("Url")]
    public async Task What_is_out_of_its_range_is_named(string property)
    {
        var request = property switch
        {
            "Connections" => Request with { Connections = 0 },
            "FileName" => Request with { FileName = "../x" },
            _ => Request with { Url = new Uri("ftp://example.org/x") },
        };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => DownloadAsync(request));

        Assert.StartsWith($"{property} ", error.Message, StringComparison.Ordinal);
    }

    private void Spoil(bool replaces)
    {
        if (replaces)
        {
            File.WriteAllBytes(Part + "-other", new byte[Size]);
            File.Move(Part + "-other", Part, overwrite: true);
            return;
        }

        using var part = File.OpenHandle(Part, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.SetLength(part, Size / 3);
    }
}
