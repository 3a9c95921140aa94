using System.Text;
using MlHub.Sdk.Tests.Downloads;

namespace MlHub.Sdk.Tests.Reading;

/// <summary>All bytes that are read are of one version of the file, or there is an exception.</summary>
public sealed class SameFileTests : ReadingTest
{
    private const string Monday = "Mon, 05 Jan 2026 10:00:00 GMT";
    private const string Tuesday = "Tue, 06 Jan 2026 10:00:00 GMT";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_changes_is_an_error_and_never_wrong_bytes(bool honoursIfRange)
    {
        Remote.HonoursIfRange = honoursIfRange;
        await using var stream = await OpenAsync();
        await AssertReadsAsync(stream, 1_000_000, 1000);
        var before = Remote.Bytes;

        (Remote.Bytes, Remote.ETag) = ([.. before.Reverse()], "\"v2\"");

        var error = await Assert.ThrowsAsync<DownloadException>(async () => await ReadAtAsync(stream, 2_000_000));
        Assert.Equal(DownloadFailure.RemoteChanged, error.Reason);
        Assert.Equal($"{Server.Root}data.bin changed while it was read: its ETag was \"v1\" and is now \"v2\". Open it again.", error.Message);
        Assert.Equal("\"v1\"", Server.Requests.Last().Header("If-Range"));

        // What was read before is still there, and of the old version.
        Remote.Bytes = before;
        await AssertReadsAsync(stream, 1_000_000, 1000);
    }

    [Fact]
    public async Task A_file_that_grows_is_an_error()
    {
        await using var stream = await OpenAsync();

        Remote.Bytes = [.. Remote.Bytes, 1];

        var error = await Assert.ThrowsAsync<DownloadException>(async () => await ReadAtAsync(stream, 2_000_000));
        Assert.Equal(DownloadFailure.RemoteChanged, error.Reason);
        Assert.Contains("its length was 3000000 and is now 3000001", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_file_is_an_error_if_the_server_refuses_the_range()
    {
        Remote.HonoursIfRange = false;
        await using var stream = await OpenAsync();

        Remote.Bytes = Remote.Bytes[..1_000_000];

        var error = await Assert.ThrowsAsync<DownloadException>(async () => await ReadAtAsync(stream, 2_000_000));
        Assert.Equal(DownloadFailure.RemoteChanged, error.Reason);
    }

    [Fact]
    public async Task Without_an_ETag_the_date_and_the_length_are_compared()
    {
        (Remote.ETag, Remote.LastModified) = (null, Monday);
        await using var stream = await OpenAsync();
        await AssertReadsAsync(stream, 1_000_000, 1000);

        Remote.LastModified = Tuesday;

        var error = await Assert.ThrowsAsync<DownloadException>(async () => await ReadAtAsync(stream, 2_000_000));
        Assert.Equal(DownloadFailure.RemoteChanged, error.Reason);
        Assert.Contains("Last-Modified", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "the server sends neither an ETag nor a Last-Modified")]
    [InlineData("W/\"v1\"", null, "the server's ETag is weak")]
    [InlineData(null, "now", "the server's Last-Modified is too recent or has no Date header, and cannot distinguish two versions")]
    public async Task A_file_larger_than_the_buffer_is_refused_if_the_server_cannot_prove_its_version(string? tag, string? modified, string why)
    {
        (Remote.ETag, Remote.LastModified) = (tag, modified is null ? null : Remote.Date);

        var error = await Assert.ThrowsAsync<DownloadException>(() => OpenAsync());

        Assert.Equal(DownloadFailure.NotInParts, error.Reason);
        Assert.Equal($"{Server.Root}data.bin cannot be read in parts: {why}. Download the file and read it from disk.", error.Message);
        Assert.Single(Server.Requests);
        await using var stream = await NewClient().OpenReadAsync(Url);
        await AssertReadsRestAsync(stream);
    }

    [Fact]
    public async Task A_file_larger_than_the_buffer_is_refused_if_the_server_does_not_support_ranges()
    {
        Remote.HonoursRanges = false;

        var error = await Assert.ThrowsAsync<DownloadException>(() => OpenAsync());

        Assert.Equal(DownloadFailure.NotInParts, error.Reason);
        Assert.Equal(
            $"{Server.Root}data.bin cannot be read in parts: the server sends the whole file in response to a range request. Download the file and read it from disk.", error.Message);
    }

    [Fact]
    public async Task A_server_that_declares_no_range_support_gets_one_request()
    {
        Remote.HonoursRanges = false;
        Remote.Headers.Add(new("Accept-Ranges", "none"));

        await Assert.ThrowsAsync<DownloadException>(() => OpenAsync());

        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task A_file_that_fits_into_the_buffer_is_read_from_a_server_without_ranges()
    {
        Remote.HonoursRanges = false;
        await using var stream = await NewClient().OpenReadAsync(Url, new OpenReadOptions { BufferSize = Size + (32 * 1024) });

        await AssertReadsAsync(stream, 2_000_000, 1000);
        await AssertReadsAsync(stream, 0, 1000);
        stream.Position = 0;
        await AssertReadsRestAsync(stream);

        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task A_whole_file_in_the_first_response_of_a_cold_cache_is_accepted()
    {
        Remote.Twist = (request, answer) => request.Number <= 2 ? ScriptedAnswer.Of(200, Remote.Bytes).With("ETag", "\"v1\"") : answer;

        await using var stream = await OpenAsync();

        await AssertReadsRestAsync(stream);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_multipart_body_is_never_read_as_the_file(bool hasRightLength)
    {
        Remote.Twist = (request, _) => Multipart(request, hasRightLength);

        var error = await Assert.ThrowsAsync<DownloadException>(() => OpenAsync());

        Assert.Contains(error.Reason, (IEnumerable<DownloadFailure>)[DownloadFailure.NotInParts, DownloadFailure.BadResponse]);
    }

    [Fact]
    public async Task A_read_fails_if_every_later_range_is_multipart()
    {
        Remote.Twist = (request, answer) => request.Number == 1 ? answer : Multipart(request, hasRightLength: false);
        await using var stream = await OpenAsync();

        var error = await Assert.ThrowsAsync<DownloadException>(async () => await ReadAtAsync(stream, 2_000_000));

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Equal($"{Server.Root}data.bin cannot be read any further: the server's response to a range request does not say which bytes it contains.", error.Message);
    }

    public static TheoryData<string> OddKinds() => new(OddAnswers.All);

    /// <summary>Who answers all with another version has that version.</summary>
    public static TheoryData<string> OddKindsOfOneVersion() => new(OddAnswers.All.Except(OddAnswers.OfAnotherVersion));

    [Theory]
    [MemberData(nameof(OddKindsOfOneVersion))]
    public async Task A_server_that_always_answers_oddly_is_read_rightly_or_refused(string kind)
    {
        Remote.LastModified = Monday;
        Remote.Twist = (request, _) => OddAnswers.Of(kind, request, Remote);

        await AssertReadsRightlyOrFailsAsync(Small);
        await AssertReadsRightlyOrFailsAsync(new OpenReadOptions { BufferSize = Size + (32 * 1024) });
    }

    [Theory]
    [MemberData(nameof(OddKinds))]
    public async Task A_server_that_always_answers_oddly_after_the_first_range_is_read_rightly_or_refused(string kind)
    {
        Remote.LastModified = Monday;
        Remote.Twist = (request, answer) => request.Number == 1 ? answer : OddAnswers.Of(kind, request, Remote);

        await AssertReadsRightlyOrFailsAsync(Small);
    }

    [Theory]
    [InlineData("bytes=0-32767/3000000")]
    [InlineData("bytes 0-32767")]
    [InlineData("bytes 0-32767/")]
    [InlineData("bytes 0-32767/-1")]
    [InlineData("bytes 0-32767/10")]
    [InlineData("bytes 32767-0/3000000")]
    [InlineData("bytes 0-99999999999999999999/3000000")]
    [InlineData("bytes */3000000")]
    [InlineData("items 0-32767/3000000")]
    [InlineData("")]
    public async Task A_Content_Range_that_cannot_be_read_is_never_taken_for_the_range_or_the_file(string contentRange)
    {
        foreach (var status in (int[])[200, 206])
        {
            Remote.Twist = (request, answer) => request.Range is null
                ? answer
                : ScriptedAnswer.Of(status, Remote.Bytes[..32768]).With("ETag", "\"v1\"").With("Content-Range", contentRange);

            var error = await Assert.ThrowsAsync<DownloadException>(() => OpenAsync());
            Assert.Contains(error.Reason, (IEnumerable<DownloadFailure>)[DownloadFailure.NotInParts, DownloadFailure.BadResponse]);

            // What fits is asked for without a range, and is whole then.
            await using var whole = await NewClient().OpenReadAsync(Url, new OpenReadOptions { BufferSize = Size + (32 * 1024) });
            Assert.Equal(Size, whole.Length);
            await AssertReadsRestAsync(whole);
        }
    }

    [Fact]
    public async Task A_file_is_not_longer_than_what_the_server_can_send_of_it()
    {
        Remote.Twist = (request, answer) =>
        {
            answer.Headers.RemoveAll(header => header.Key == "Content-Range");
            return answer.Status == 206 ? answer.With("Content-Range", $"bytes {request.Range!.Value.Start}-{request.Range.Value.Start + answer.Body.Length - 1}/{Size + 4096}") : answer;
        };
        await using var stream = await OpenAsync();
        await AssertReadsAsync(stream, Size - 1000, 1000);

        var error = await Assert.ThrowsAsync<DownloadException>(async () => await ReadAtAsync(stream, Size));

        Assert.Contains(error.Reason, (IEnumerable<DownloadFailure>)[DownloadFailure.RemoteChanged, DownloadFailure.BadResponse]);
    }

    [Fact]
    public async Task A_body_that_is_compressed_in_transit_is_refused()
    {
        Remote.Headers.Add(new("Content-Encoding", "gzip"));

        var error = await Assert.ThrowsAsync<DownloadException>(() => OpenAsync());

        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.StartsWith($"{Server.Root}data.bin was sent compressed (Content-Encoding: gzip), although no coding was requested.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_with_a_content_coding_header_is_read_unchanged()
    {
        using var zipped = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(zipped, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(Remote.Bytes);
        }

        Remote.Bytes = zipped.ToArray();
        Remote.Headers.Add(new("Content-Encoding", "gzip"));
        await using var stream = await NewClient().OpenReadAsync(Server.Url("data.tar.gz"), Small);

        await AssertReadsRestAsync(stream);
    }

    [Fact]
    public async Task A_login_page_is_not_read_as_the_file_unless_pages_are_allowed()
    {
        var page = Encoding.ASCII.GetBytes("<!DOCTYPE html>\n<html><body>Please sign in</body></html>");
        Remote.Twist = (_, _) => ScriptedAnswer.Of(200, page).With("Content-Type", "text/html");

        var error = await Assert.ThrowsAsync<DownloadException>(() => OpenAsync());
        await using var allowed = await NewClient().OpenReadAsync(Url, new OpenReadOptions { AllowPages = true });

        Assert.Equal(DownloadFailure.UnexpectedPage, error.Reason);
        Assert.Contains("sent an HTML page instead of 'data.bin'", error.Message, StringComparison.Ordinal);
        Assert.Equal("Please sign in", error.ServerMessage);
        Assert.Equal(page.Length, allowed.Length);
    }

    [Fact]
    public async Task The_ETag_of_an_empty_file_does_not_matter()
    {
        Remote.Twist = (request, _) => request.Range is null ? ScriptedAnswer.Of(200, []) : ScriptedAnswer.Of(416, []);

        await using var stream = await OpenAsync();

        Assert.Equal(0, stream.Length);
        Assert.Equal(-1, stream.ReadByte());
    }

    [Fact]
    public async Task No_message_contains_a_signature()
    {
        Remote.Twist = (request, _) => ScriptedAnswer.Of(400, Encoding.ASCII.GetBytes($"No access by {request.Path}"));

        var error = await Assert.ThrowsAsync<DownloadException>(() => OpenAsync());

        Assert.DoesNotContain("very-secret-signature-1", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("No access by", error.Message, StringComparison.Ordinal);
    }

    // Each read brings bytes of the file, or fails for a reason that can be told.
    private async Task AssertReadsRightlyOrFailsAsync(OpenReadOptions options)
    {
        try
        {
            await using var stream = await NewClient().OpenReadAsync(Url, options);
            await AssertReadsAsync(stream, 2_000_000, 50_000);
            stream.Position = 0;
            await AssertReadsRestAsync(stream);
        }
        catch (MlHubException error)
        {
            Assert.StartsWith($"{Server.Root}", error.RequestUrl?.AbsoluteUri, StringComparison.Ordinal);
        }
    }

    private static async Task<int> ReadAtAsync(Stream stream, long position)
    {
        stream.Position = position;
        return await stream.ReadAsync(new byte[1000]);
    }

    private ScriptedAnswer Multipart(ScriptedRequest request, bool hasRightLength)
    {
        var (start, last) = request.Range ?? (0, Size - 1);
        return OddAnswers.Multipart(Remote.Bytes[start..(last!.Value + 1)], start, last.Value, Size, Remote, hasRightLength);
    }
}
