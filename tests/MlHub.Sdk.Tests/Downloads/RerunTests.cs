using System.Globalization;
using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A second run that finds the file of the first: whether it is still up to date, and what is compared.</summary>
public sealed class RerunTests : DownloadTest
{
    private const string LongAgo = "Mon, 01 Jan 2024 10:00:00 GMT";
    private const string BeforeThat = "Sun, 31 Dec 2023 10:00:00 GMT";
    private const string Later = "Mon, 01 Jan 2024 10:00:05 GMT";

    private FileDigest Digest => FileDigest.Parse($"md5:{Md5(Remote.Bytes)}");

    [Theory]
    [InlineData("\"v1\"", null, SkipReason.Receipt)]
    [InlineData("\"v1\"", LongAgo, SkipReason.Receipt)]
    [InlineData(null, LongAgo, SkipReason.Receipt)]
    [InlineData("W/\"v1\"", LongAgo, SkipReason.Receipt)]
    [InlineData("W/\"v1\"", null, SkipReason.Size)]
    [InlineData(null, null, SkipReason.Size)]
    public async Task An_unchanged_file_is_not_downloaded_again(string? etag, string? lastModified, SkipReason reason)
    {
        (Remote.ETag, Remote.LastModified) = (etag, lastModified);
        await DownloadAsync();

        await AssertSkippedAsync(reason);
    }

    [Theory]
    [InlineData("W/\"v1\"", LongAgo, "W/\"v2\"", LongAgo, SkipReason.Receipt)]
    [InlineData("W/\"v1\"", null, "W/\"v2\"", null, SkipReason.Size)]
    [InlineData("\"v1\"", LongAgo, null, LongAgo, SkipReason.Receipt)]
    [InlineData("\"v1\"", LongAgo, "W/\"v2\"", LongAgo, SkipReason.Receipt)]
    [InlineData("\"v1\"", null, null, null, SkipReason.Size)]
    [InlineData(null, LongAgo, null, BeforeThat, SkipReason.Size)]
    [InlineData(null, null, null, LongAgo, SkipReason.Size)]
    [InlineData("\"v1\"", LongAgo, "\"v1\"", Later, SkipReason.Receipt)]
    public async Task A_weak_ETag_or_an_older_date_does_not_make_a_file_outdated(string? etag, string? modified, string? etagNow, string? modifiedNow, SkipReason reason)
    {
        (Remote.ETag, Remote.LastModified) = (etag, modified);
        await DownloadAsync();
        (Remote.ETag, Remote.LastModified) = (etagNow, modifiedNow);

        await AssertSkippedAsync(reason);
    }

    [Theory]
    [InlineData("\"v1\"", LongAgo, "\"v2\"", LongAgo)]
    [InlineData("\"v1\"", null, "\"v2\"", null)]
    [InlineData("\"v1\"", LongAgo, "\"v2\"", BeforeThat)]
    [InlineData(null, LongAgo, null, Later)]
    [InlineData("W/\"v1\"", LongAgo, "W/\"v2\"", Later)]
    [InlineData("\"v1\"", LongAgo, null, Later)]
    public async Task Another_strong_ETag_or_a_newer_date_makes_a_file_outdated(string? etag, string? modified, string? etagNow, string? modifiedNow)
    {
        (Remote.ETag, Remote.LastModified) = (etag, modified);
        await DownloadAsync();
        (Remote.Bytes, Remote.ETag, Remote.LastModified) = (OtherBytes(), etagNow, modifiedNow);

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.False(result.Skipped);
        Assert.Contains("the remote file changed after the download of the existing file: its ", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_date_newer_than_the_download_makes_a_file_outdated_even_if_none_was_sent_before()
    {
        Remote.ETag = null;
        await DownloadAsync();
        (Remote.Bytes, Remote.LastModified) = (OtherBytes(), DateTimeOffset.UtcNow.AddHours(1).ToString("R", CultureInfo.InvariantCulture));

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Contains("Last-Modified", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_time_of_the_download_is_taken_from_the_servers_clock()
    {
        // Its clock is a day late. What it changed an hour later, by that clock, is newer than the file.
        var serversNow = DateTimeOffset.UtcNow.AddDays(-1);
        (Remote.ETag, Remote.LastModified, Remote.Date) = (null, LongAgo, serversNow.ToString("R", CultureInfo.InvariantCulture));
        await DownloadAsync();
        (Remote.Bytes, Remote.LastModified) = (OtherBytes(), serversNow.AddHours(1).ToString("R", CultureInfo.InvariantCulture));

        await AssertWholeAsync(await DownloadAsync());
    }

    [Theory]
    [InlineData("Content-MD5", "{0}")]
    [InlineData("x-ms-blob-content-md5", "{0}")]
    [InlineData("x-goog-hash", "md5={0}")]
    [InlineData("Repr-Digest", "md5=:{0}:")]
    public async Task A_digest_takes_precedence_over_other_evidence(string header, string value)
    {
        void Promise() => Remote.Headers.Add(new(header, string.Format(CultureInfo.InvariantCulture, value, Md5(Remote.Bytes))));
        Promise();
        await DownloadAsync();

        // The same digest: another ETag says nothing.
        Remote.ETag = "\"v2\"";
        await AssertSkippedAsync(SkipReason.Receipt);

        // Another digest: the same ETag says nothing.
        (Remote.Bytes, Remote.ETag) = (OtherBytes(), "\"v1\"");
        Remote.Headers.Clear();
        Promise();
        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Contains("does not match", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_digest_that_the_server_did_not_send_before_is_computed()
    {
        await DownloadAsync();
        Remote.ETag = "\"v2\"";
        Remote.Headers.Add(new("Content-MD5", Md5(Remote.Bytes)));

        Assert.Equal("md5", (await AssertSkippedAsync(SkipReason.Digest)).Verified.ToString());
    }

    [Fact]
    public async Task The_callers_digest_is_computed_and_decides()
    {
        await DownloadAsync();
        (Remote.ETag, Remote.LastModified) = ("\"v2\"", Later);

        await AssertSkippedAsync(SkipReason.Digest, Request with { ExpectedDigests = [Digest] });
        Remote.Bytes = OtherBytes();
        var result = await DownloadAsync(Request with { ExpectedDigests = [Digest] });

        await AssertWholeAsync(result);
        Assert.Equal("md5", result.Verified.ToString());
    }

    [Fact]
    public async Task Skip_compares_nothing()
    {
        await DownloadAsync();
        (Remote.Bytes, Remote.ETag) = (OtherBytes(), "\"v2\"");
        Server.Requests.Clear();

        var result = await DownloadAsync(Request with { Options = new() { IfExists = IfExists.Skip } });

        Assert.Equal((SkipReason.Present, "none"), (result.SkipReason, result.Verified.ToString()));
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task Without_a_receipt_the_size_decides_and_this_is_logged()
    {
        using var log = new CollectedLog();
        var theirs = OtherBytes();
        await File.WriteAllBytesAsync(Final, theirs);

        var result = await NewDownloader(options => options.Loggers = log).DownloadAsync(Request);

        Assert.Equal((SkipReason.Size, "length"), (result.SkipReason, result.Verified.ToString()));
        Assert.Equal(theirs, await File.ReadAllBytesAsync(Final));
        Assert.Contains($"{Final} already exists: only its size was compared.", log.Messages);
    }

    [Fact]
    public async Task A_lost_receipt_counts_as_no_receipt()
    {
        await DownloadAsync();
        var bytes = await File.ReadAllBytesAsync(Final);
        File.Delete(Final);
        await File.WriteAllBytesAsync(Final, bytes);
        Remote.ETag = "\"v2\"";

        await AssertSkippedAsync(SkipReason.Size);
    }

    [Fact]
    public async Task Without_a_receipt_a_digest_still_decides()
    {
        await File.WriteAllBytesAsync(Final, Remote.Bytes);
        await AssertSkippedAsync(SkipReason.Digest, Request with { ExpectedDigests = [Digest] });

        Remote.Headers.Add(new("Content-MD5", Md5(Remote.Bytes)));
        await AssertSkippedAsync(SkipReason.Digest);
        await File.WriteAllBytesAsync(Final, OtherBytes());
        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.False(result.Skipped);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_edited_file_is_downloaded_again_even_if_its_size_is_the_same(bool isDigestPromised)
    {
        if (isDigestPromised)
        {
            Remote.Headers.Add(new("Content-MD5", Md5(Remote.Bytes)));
        }

        await DownloadAsync();
        await using (var file = File.OpenWrite(Final))
        {
            file.Position = Size / 2;
            file.Write("edited by somebody"u8);
        }

        File.SetLastWriteTimeUtc(Final, DateTime.UtcNow.AddSeconds(1));
        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Contains("the existing file was changed after its download", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_kept_if_only_its_time_changed()
    {
        await DownloadAsync();
        File.SetLastWriteTimeUtc(Final, DateTime.UtcNow.AddDays(1));

        await AssertSkippedAsync(SkipReason.Receipt);
    }

    [Fact]
    public async Task An_extended_file_is_downloaded_again()
    {
        await DownloadAsync();
        await File.AppendAllTextAsync(Final, "more");

        await AssertWholeAsync(await DownloadAsync());
    }

    // Not even the ETag distinguishes them.
    [Theory]
    [InlineData("A/data.bin", "B/data.bin", Size)]
    [InlineData("A/data.bin", "B/data.bin", Size + 1)]
    [InlineData("data.bin?id=1", "data.bin?id=2", Size)]
    [InlineData("data.bin?date=2026-01-01", "data.bin?date=2026-01-02", Size)]
    [InlineData("data.bin?hash=a1b2c3", "data.bin?hash=d4e5f6", Size)]
    [InlineData("get/A", "get/B", Size)]
    [InlineData("get/A", "get/B", Size - 1)]
    public async Task A_file_from_another_address_is_replaced_only_by_overwrite(string first, string second, int size)
    {
        RedirectGet("/{0}/data.bin");
        await DownloadAsync(Request with { Url = Server.Url(first) });
        var (before, other) = (Remote.Bytes, Request with { Url = Server.Url(second) });
        Remote.Bytes = RandomNumberGenerator.GetBytes(size);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(other));
        var kept = await File.ReadAllBytesAsync(Final);
        var result = await DownloadAsync(other with { Options = new() { IfExists = IfExists.Overwrite } });

        Assert.Equal((DownloadFailure.NameTaken, Final), (error.Reason, error.Path));
        Assert.Contains("another address", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, kept);
        await AssertWholeAsync(result);
    }

    [Fact]
    public async Task Two_files_of_one_run_with_the_same_name_after_redirects_are_distinguished()
    {
        RedirectGet("/{0}/data.bin");
        DownloadRequest[] requests = [Request with { Url = Server.Url("get/A") }, Request with { Url = Server.Url("get/B") }];

        var outcomes = await NewDownloader().DownloadAllAsync(requests, concurrency: 1).ToListAsync();

        var failed = Assert.Single(outcomes, outcome => !outcome.Succeeded);
        Assert.Equal(DownloadFailure.NameTaken, Assert.IsType<DownloadException>(failed.Error).Reason);
        await AssertWholeAsync(Assert.Single(outcomes, outcome => outcome.Succeeded).Result!);
    }

    [Theory]
    [InlineData("sig=1", "sig=2")]
    [InlineData("id=7&token=a&expires=1", "id=7&token=b&expires=2")]
    [InlineData("md5=a&expires=1", "md5=b&expires=2")]
    [InlineData("st=a&e=1", "st=b&e=2")]
    public async Task A_new_signature_or_token_does_not_make_another_address(string query, string queryNow)
    {
        await DownloadAsync(Request with { Url = Server.Url($"data.bin?{query}") });

        await AssertSkippedAsync(SkipReason.Receipt, Request with { Url = Server.Url($"data.bin?{queryNow}") });
    }

    [Theory]
    [InlineData("signature=oak", "signature=pine")]
    [InlineData("key=a.tif", "key=b.tif")]
    [InlineData("token=1", "token=2")]
    public async Task What_looks_like_a_signature_or_a_key_selects_the_file_if_the_ETag_differs_too(string query, string queryNow)
    {
        await DownloadAsync(Request with { Url = Server.Url($"data.bin?{query}") });
        var before = Remote.Bytes;
        (Remote.Bytes, Remote.ETag) = (RandomNumberGenerator.GetBytes(Size), "\"v2\"");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Url = Server.Url($"data.bin?{queryNow}") }));

        Assert.Equal(DownloadFailure.NameTaken, error.Reason);
        Assert.Equal(before, await File.ReadAllBytesAsync(Final));
    }

    [Fact]
    public async Task An_address_that_redirects_to_another_date_without_an_ETag_is_downloaded_again()
    {
        var day = 1;
        Remote.Twist = (request, answer) => request.Path.StartsWith("/latest", StringComparison.Ordinal) ? ScriptedAnswer.Of(302, []).With("Location", $"/data.bin?date={day}") : answer;
        (Remote.ETag, Remote.LastModified) = (null, LongAgo);
        await DownloadAsync(Request with { Url = Server.Url("latest") });
        (Remote.Bytes, day) = (RandomNumberGenerator.GetBytes(Size), 2);

        await AssertWholeAsync(await DownloadAsync(Request with { Url = Server.Url("latest") }));
    }

    [Theory]
    [InlineData("/store/data.bin", "\"v1\"", null, true)]
    [InlineData("/store/data.bin", null, LongAgo, true)]
    [InlineData("/store/data.bin", "W/\"v1\"", LongAgo, true)]
    [InlineData("/store/data.bin", "W/\"v1\"", null, false)]
    [InlineData("/store/data.bin", null, null, false)]
    [InlineData("/store/data.bin?id={0}", "\"v1\"", LongAgo, false)]
    [InlineData("/store/{0}/data.bin", "\"v1\"", LongAgo, false)]
    public async Task Two_addresses_with_one_redirect_target_are_one_file_only_if_an_ETag_or_a_date_matches(string place, string? etag, string? modified, bool isOne)
    {
        RedirectGet(place);
        (Remote.ETag, Remote.LastModified) = (etag, modified);
        await DownloadAsync(Request with { Url = Server.Url("get/A") });
        var other = Request with { Url = Server.Url("get/B") };

        if (isOne)
        {
            await AssertSkippedAsync(SkipReason.Receipt, other);
        }
        else
        {
            Assert.Equal(DownloadFailure.NameTaken, (await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(other))).Reason);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_from_another_address_is_accepted_if_the_servers_digest_matches(bool isPromisedAtFirst)
    {
        var promise = new KeyValuePair<string, string>("Content-MD5", Md5(Remote.Bytes));
        if (isPromisedAtFirst)
        {
            Remote.Headers.Add(promise);
        }

        await DownloadAsync(Request with { Url = Server.Url("A/data.bin") });
        if (!isPromisedAtFirst)
        {
            Remote.Headers.Add(promise);
        }

        await AssertSkippedAsync(SkipReason.Digest, Request with { Url = Server.Url("B/data.bin") });
    }

    [Fact]
    public async Task A_shorter_body_without_a_length_does_not_replace_a_file()
    {
        (Remote.ETag, Remote.LastModified) = (null, null);
        await DownloadAsync();
        var whole = await File.ReadAllBytesAsync(Final);
        Remote.Twist = (_, _) => new ScriptedAnswer(200) { Body = Remote.Bytes[..(Remote.Bytes.Length / 2)], End = ScriptedEnd.Close };

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Contains("was not changed", error.Message, StringComparison.Ordinal);
        Assert.Equal(whole, await File.ReadAllBytesAsync(Final));
        Assert.Equal([Final], Directory.GetFiles(Path.GetDirectoryName(Final)!));
        Assert.Equal(whole.Length / 2, (await DownloadAsync(Request with { Options = new() { IfExists = IfExists.Overwrite } })).Bytes);
    }

    [UnixFact("links are for administrators")]
    public async Task A_shorter_body_without_a_length_does_not_replace_a_longer_file_behind_a_link()
    {
        (Remote.ETag, Remote.LastModified) = (null, null);
        var store = Directory.CreateDirectory(Path.Combine(Output, "store")).FullName;
        var whole = Path.Combine(store, "whole");
        await File.WriteAllBytesAsync(whole, Remote.Bytes);
        File.CreateSymbolicLink(Final, whole);
        Remote.Twist = (_, _) => new ScriptedAnswer(200) { Body = Remote.Bytes[..(Size / 2)], End = ScriptedEnd.Close };

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Contains($"which has {Size}", error.Message, StringComparison.Ordinal);
        Assert.Equal(whole, new FileInfo(Final).LinkTarget);
        Assert.Equal(Remote.Bytes, await File.ReadAllBytesAsync(Final));
    }

    [Fact]
    public async Task A_new_version_is_downloaded_from_any_address_that_redirects_to_it()
    {
        RedirectGet("/store/data.bin");
        await DownloadAsync(Request with { Url = Server.Url("get/A") });
        (Remote.Bytes, Remote.ETag) = (OtherBytes(), "\"v2\"");

        await AssertWholeAsync(await DownloadAsync(Request with { Url = Server.Url("get/B") }));
    }

    [Theory]
    [InlineData(IfExists.Resume, "cut")]
    [InlineData(IfExists.Resume, "404")]
    [InlineData(IfExists.Resume, "cancelled")]
    [InlineData(IfExists.Overwrite, "cut")]
    [InlineData(IfExists.Overwrite, "404")]
    [InlineData(IfExists.Overwrite, "cancelled")]
    public async Task The_old_file_is_kept_until_the_new_one_is_complete(IfExists ifExists, string end)
    {
        await DownloadAsync();
        var old = Remote.Bytes;
        (Remote.Bytes, Remote.ETag) = (OtherBytes(), "\"v2\"");
        var request = Request with { Options = new() { IfExists = ifExists, Connections = 1 } };

        await FailAsync(request, end);
        var kept = await File.ReadAllBytesAsync(Final);
        var result = await DownloadAsync(request);

        Assert.Equal(old, kept);
        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
    }

    [Fact]
    public async Task The_old_file_is_kept_if_the_digest_does_not_match()
    {
        await DownloadAsync();
        var old = Remote.Bytes;
        Remote.Headers.Add(new("Content-MD5", Md5(OtherBytes())));
        (Remote.Bytes, Remote.ETag) = (OtherBytes(), "\"v2\"");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.DigestMismatch, error.Reason);
        Assert.Equal(old, await File.ReadAllBytesAsync(Final));
        Assert.Equal([Final], Directory.GetFiles(Output));
    }

    // The address /get/X leads to a place, which may tell X.
    private void RedirectGet(string place) =>
        Remote.Twist = (request, answer) => request.Path.StartsWith("/get/", StringComparison.Ordinal)
            ? ScriptedAnswer.Of(302, []).With("Location", string.Format(CultureInfo.InvariantCulture, place, request.Path["/get/".Length..]))
            : answer;

    private async Task FailAsync(DownloadRequest request, string end)
    {
        if (end == "cancelled")
        {
            using var stop = new CancellationTokenSource();
            using var wire = new Wire { HoldAfter = Size / 2 };
            var halfWay = new InlineProgress(report => _ = report.BytesDone >= Size / 4 && StopAt(stop));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NewDownloader(options => options.Handler = wire).DownloadAsync(request, halfWay, stop.Token));
            return;
        }

        var first = Server.Requests.Count + 1;
        Remote.CutAfter = Size / 2;
        Remote.Twist = (asked, answer) => end == "404" && asked.Number > first ? ScriptedAnswer.Of(404, []) : answer;
        await Assert.ThrowsAnyAsync<MlHubException>(() => NewDownloader(options => options.Transfer.MaxRetries = end == "404" ? 6 : 0).DownloadAsync(request));
        (Remote.CutAfter, Remote.Twist) = (null, null);
    }

    private static bool StopAt(CancellationTokenSource stop)
    {
        stop.Cancel();
        return true;
    }

    private async Task<DownloadResult> AssertSkippedAsync(SkipReason reason, DownloadRequest? request = null)
    {
        var (bytes, written) = (await File.ReadAllBytesAsync(Final), File.GetLastWriteTimeUtc(Final));
        Server.Requests.Clear();
        var result = await DownloadAsync(request);
        Assert.Equal(reason, result.SkipReason);
        Assert.Empty(result.RestartReasons);
        Assert.All(Server.Requests, asked => Assert.Null(asked.Range));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Final));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Final));
        Assert.Equal([Final], Directory.GetFiles(Output));
        return result;
    }
}
