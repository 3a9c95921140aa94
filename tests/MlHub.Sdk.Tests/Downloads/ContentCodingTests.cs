using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>
/// <c>Content-Encoding</c>: a coding that only describes the file's own format is ignored, and a body that was compressed in transit is refused.
/// Bodies that Google decompressed are stored unchanged.
/// </summary>
public sealed class ContentCodingTests : DownloadTest
{
    private const string LongAgo = "Mon, 01 Jan 2024 10:00:00 GMT";

    [Theory]
    [InlineData("gzip", "application/x-gzip", "scene.tar.gz")]
    [InlineData("x-gzip", "application/x-tar", "cfitsio-4.1.0.tar.gz")]
    [InlineData("GZIP", "application/gzip", "iaprtc12.tgz")]
    [InlineData("gzip", "application/octet-stream", "scene.tar.gz")]
    [InlineData("gzip", null, "table.csv.gz")]
    [InlineData("x-gzip", "application/x-gzip", "17")]
    [InlineData("gzip, identity", "application/gzip", "brain.nii.gz")]
    public async Task An_archive_with_a_content_coding_header_is_stored_resumed_and_recognized_as_it_is(string coding, string? type, string name)
    {
        Remote.Bytes = Zip(RandomNumberGenerator.GetBytes(Size));
        AddHeaders(("Content-Encoding", coding), ("Content-Type", type));
        await InterruptAsync(request: For(name));

        var result = await DownloadAsync(For(name));
        var again = await DownloadAsync(For(name));

        await AssertFileAsync(Remote.Bytes, result);
        Assert.True(result.ResumedFrom > 0);
        Assert.Equal((0, SkipReason.Receipt), (result.Restarts, again.SkipReason));
    }

    [Theory]
    [InlineData("bzip2", "application/x-bzip2", "scene.tar.bz2")]
    [InlineData("xz", "application/x-xz", "scene.tar.xz")]
    [InlineData("zstd", "application/zstd", "scene.tar.zst")]
    [InlineData("br", null, "table.csv.br")]
    [InlineData("compress", "application/x-compress", "table.Z")]
    public async Task Archives_of_other_formats_with_a_content_coding_header_are_stored_resumed_and_recognized_as_they_are(string coding, string? type, string name)
    {
        AddHeaders(("Content-Encoding", coding), ("Content-Type", type));

        await AssertFileAsync(Remote.Bytes, await DownloadAsync(For(name)));
    }

    [Theory]
    [InlineData("table.csv", "gzip", "text/csv", "\"a\"")]
    [InlineData("items.json", "gzip", "application/json", "\"a\"")]
    [InlineData("x.bin", "gzip", "application/octet-stream", "\"a\"")]
    [InlineData("scene.tar.gz", "gzip", "application/gzip", "W/\"a\"")]
    [InlineData("scene.tar.gz", "gzip", "application/gzip", "\"a-gzip\"")]
    [InlineData("scene.tar.gz", "gzip, gzip", "application/gzip", "\"a\"")]
    [InlineData("scene.tar.gz", "br", "application/gzip", "\"a\"")]
    [InlineData("scene.tar.bz2", "gzip", "application/gzip", "\"a\"")]
    [InlineData("17", "gzip", "text/csv", "\"a\"")]
    [InlineData("table.csv", "deflate", "text/csv", "\"a\"")]
    public async Task A_body_compressed_in_transit_is_refused(string name, string coding, string type, string etag)
    {
        (Remote.Bytes, Remote.ETag) = (Zip(RandomNumberGenerator.GetBytes(Size)), etag);
        AddHeaders(("Content-Encoding", coding), ("Content-Type", type));

        await AssertRefusedAsync(name, coding);
    }

    [Fact]
    public async Task An_archive_compressed_again_in_transit_is_refused()
    {
        Remote.Bytes = Zip(Zip(RandomNumberGenerator.GetBytes(Size)));
        AddHeaders(("Content-Encoding", "gzip"), ("Content-Type", "application/gzip"));

        await AssertRefusedAsync("scene.tar.gz", "gzip");
    }

    [Fact]
    public async Task A_body_marked_as_gzip_without_a_gzip_header_is_refused()
    {
        Remote.Bytes[0] = 0;
        AddHeaders(("Content-Encoding", "gzip"), ("Content-Type", "application/gzip"));

        await AssertRefusedAsync("scene.tar.gz", "gzip");
    }

    [Theory]
    [InlineData("Accept-Ranges", "none")]
    [InlineData("Transfer-Encoding", "chunked")]
    public async Task A_body_without_range_support_or_length_counts_as_compressed_in_transit(string header, string value)
    {
        Remote.Bytes = Zip(RandomNumberGenerator.GetBytes(100_000));
        Remote.Twist = (_, answer) => value == "chunked"
            ? new ScriptedAnswer(200) { Body = Chunked(answer.Body) }.With(header, value).With("Content-Encoding", "gzip")
            : answer.With(header, value).With("Content-Encoding", "gzip");

        await AssertRefusedAsync("scene.tar.gz", "gzip");
    }

    [Theory]
    [InlineData("aws-chunked")]
    [InlineData("aws-chunked,identity")]
    [InlineData("utf-8")]
    [InlineData("UTF8")]
    [InlineData("none")]
    [InlineData("identity")]
    [InlineData("binary")]
    [InlineData("")]
    public async Task An_unknown_content_coding_is_ignored(string coding)
    {
        AddHeaders(("Content-Encoding", coding), ("Content-Type", "binary/octet-stream"));
        await InterruptAsync();

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(null, "")]
    [InlineData(" identity , , utf-8", "")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("X-Compress", "compress")]
    [InlineData("aws-chunked, GZIP", "gzip")]
    [InlineData("gzip,br", "gzip br")]
    public void Known_content_codings_are_recognized(string? header, string codings) => Assert.Equal(codings, string.Join(' ', BodyCoding.Read(header)));

    [Theory]
    [InlineData("x-goog-stored-content-encoding", "gzip", true)]
    [InlineData("x-goog-stored-content-encoding", "gzip", false)]
    [InlineData("Warning", "214 UploadServer gunzipped", true)]
    [InlineData("Warning", "214 UploadServer gunzipped", false)]
    [InlineData("X-Guploader-Response-Body-Transformations", "gunzipped", true)]
    [InlineData("X-Guploader-Response-Body-Transformations", "gunzipped", false)]
    public async Task A_body_decompressed_by_Google_is_stored_and_the_hash_of_the_compressed_bytes_is_not_used(string marker, string value, bool isChunked)
    {
        DecompressAtGoogle(marker, value, isChunked);

        var result = await DownloadAsync(For("table.csv"));
        var again = await DownloadAsync(For("table.csv"));

        await AssertFileAsync(Remote.Bytes, result);
        Assert.DoesNotContain("md5", result.Verified.ToString(), StringComparison.Ordinal);
        Assert.Equal(SkipReason.Receipt, again.SkipReason);
    }

    [Theory]
    [InlineData("x-goog-stored-content-encoding", "gzip")]
    [InlineData("Warning", "214 UploadServer gunzipped")]
    [InlineData("X-Guploader-Response-Body-Transformations", "gunzipped")]
    public async Task A_body_decompressed_by_Google_is_never_resumed(string marker, string value)
    {
        DecompressAtGoogle(marker, value, isChunked: false);
        await InterruptAsync(request: For("table.csv"));
        var left = Directory.GetFiles(Output);

        var result = await DownloadAsync(For("table.csv"));

        Assert.Empty(left);
        await AssertFileAsync(Remote.Bytes, result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.All(Server.Requests, request => Assert.Null(request.Range));
    }

    [Fact]
    public async Task A_digest_of_the_caller_is_checked_against_a_body_decompressed_by_Google()
    {
        DecompressAtGoogle("Warning", "214 UploadServer gunzipped", isChunked: false);

        var result = await DownloadAsync(For("table.csv") with { ExpectedDigests = [FileDigest.Parse($"md5:{Md5(Remote.Bytes)}")] });

        await AssertFileAsync(Remote.Bytes, result);
        Assert.Equal("md5", result.Verified.ToString());
    }

    [Fact]
    public async Task A_compressed_file_sent_unchanged_by_Google_is_stored_and_verified_with_its_hash()
    {
        Remote.Bytes = Zip(RandomNumberGenerator.GetBytes(Size));
        AddHeaders(("Content-Encoding", "gzip"), ("Content-Type", "application/gzip"), ("x-goog-stored-content-encoding", "gzip"));
        AddHeaders(("x-goog-hash", $"md5={Md5(Remote.Bytes)}"));

        var result = await DownloadAsync(For("table.csv.gz"));
        Remote.Headers[^1] = new("x-goog-hash", $"md5={Md5(OtherBytes())}");
        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(For("other.csv.gz")));

        Assert.Equal("md5", result.Verified.ToString());
        Assert.Equal(DownloadFailure.DigestMismatch, error.Reason);
        await AssertFileAsync(Remote.Bytes, result);
    }

    [Fact]
    public async Task An_unknown_stored_coding_does_not_mean_that_Google_decompressed_the_body()
    {
        AddHeaders(("x-goog-stored-content-encoding", "utf-8"), ("x-goog-hash", $"md5={Md5(Remote.Bytes)}"));

        Assert.Equal("md5", (await DownloadAsync()).Verified.ToString());
    }

    [Fact]
    public async Task A_file_that_Google_stores_without_a_coding_is_verified_with_its_hash()
    {
        AddHeaders(("x-goog-stored-content-encoding", "identity"), ("x-goog-hash", $"md5={Md5(OtherBytes())}"));

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.DigestMismatch, error.Reason);
        Assert.Empty(Directory.GetFiles(Output));
    }

    private DownloadRequest For(string name) => Request with { Url = Server.Url(name) };

    private void AddHeaders(params (string Name, string? Value)[] headers) =>
        Remote.Headers.AddRange(headers.Where(header => header.Value is not null).Select(header => new KeyValuePair<string, string>(header.Name, header.Value!)));

    private void DecompressAtGoogle(string marker, string value, bool isChunked)
    {
        (Remote.ETag, Remote.LastModified, Remote.HonoursRanges) = ("W/\"g\"", LongAgo, false);
        AddHeaders((marker, value), ("x-goog-hash", $"md5={Md5(Zip(Remote.Bytes))}"), ("Content-Type", "text/csv"));
        Remote.Twist = (_, answer) =>
        {
            if (!isChunked)
            {
                return answer;
            }

            var chunked = new ScriptedAnswer(200) { Body = Chunked(answer.Body) }.With("Transfer-Encoding", "chunked");
            chunked.Headers.AddRange(answer.Headers.Where(header => header.Key != "Content-Length"));
            return chunked;
        };
    }

    private async Task AssertRefusedAsync(string name, string coding)
    {
        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(For(name)));
        Assert.Equal(DownloadFailure.BadResponse, error.Reason);
        Assert.Contains($"compressed (Content-Encoding: {coding})", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Output));
    }

    private static byte[] Chunked(byte[] body) =>
        [.. Encoding.ASCII.GetBytes(body.Length.ToString("x", CultureInfo.InvariantCulture)), .. "\r\n"u8, .. body, .. "\r\n0\r\n\r\n"u8];

    private static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.NoCompression))
        {
            zip.Write(bytes);
        }

        return zipped.ToArray();
    }
}
