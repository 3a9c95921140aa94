using System.Net;
using System.Security.Cryptography;

namespace MlHub.Server.Tests.Storage;

public sealed class StorageTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    private const string Archive = "/storage/mlhub/archives/sandbox_storms_pacific_imagery.tar.gz";
    private const string BlobMd5 = "x-ms-blob-content-md5";

    [Theory]
    [InlineData(Archive, "application/gzip")]
    [InlineData("/storage/mlhub/catalogs/sandbox_flood_bangladesh.tar.gz", "application/gzip")]
    [InlineData("/storage/mlhub/assets/sandbox_crops_kenya_s2/sandbox_crops_kenya_s2_tile_01_20190904/B04.tif", "image/tiff; application=geotiff")]
    [InlineData("/storage/mlhub/assets/sandbox_crops_kenya_labels/_common/documentation.txt", "text/plain")]
    [InlineData("/storage/mlhub/assets/sandbox_flood_bangladesh/legend.csv", "text/csv")]
    public async Task A_file_needs_no_key_and_has_all_headers_that_a_download_uses(string path, string type)
    {
        using var response = await sandbox.GetAsync(path);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
        Assert.Equal(body.Length, response.Content.Headers.ContentLength);
        Assert.Equal(Md5(body), response.Content.Headers.ContentMD5);
        Assert.Equal($"\"{Convert.ToHexStringLower(Md5(body))}\"", response.Headers.ETag?.ToString());
        Assert.Equal("bytes", response.Headers.AcceptRanges.ToString());
        Assert.Equal(new DateTimeOffset(2022, 6, 1, 12, 0, 0, TimeSpan.Zero), response.Content.Headers.LastModified);
        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task HEAD_sends_the_same_headers_and_no_body()
    {
        using var get = await sandbox.GetAsync(Archive);
        using var head = await sandbox.SendAsync(HttpMethod.Head, Archive, ("Range", "bytes=0-9"));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(Told(get), Told(head));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("0-0", 0, 1)]
    [InlineData("0-99", 0, 100)]
    [InlineData("1000-1099", 1000, 100)]
    [InlineData("146000-", 146000, null)]
    [InlineData("146000-99999999", 146000, null)]
    [InlineData("-10", -10, null)]
    public async Task A_range_has_its_part_of_the_file_and_the_MD5_of_the_whole_file_in_the_Azure_header(string range, int start, int? length)
    {
        var whole = await WholeAsync();
        var from = start < 0 ? whole.Length + start : start;
        var expected = whole.AsSpan(from, length ?? whole.Length - from).ToArray();

        using var response = await sandbox.GetAsync(Archive, ("Range", $"bytes={range}"));
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal($"bytes {from}-{from + expected.Length - 1}/{whole.Length}", response.Content.Headers.ContentRange?.ToString());
        Assert.Null(response.Content.Headers.ContentMD5);
        Assert.Equal(Convert.ToBase64String(Md5(whole)), Assert.Single(response.Headers.GetValues(BlobMd5)));
        Assert.NotNull(response.Headers.ETag);
    }

    [Fact]
    public async Task A_range_beyond_the_end_is_refused_with_the_length()
    {
        var whole = await WholeAsync();
        using var response = await sandbox.GetAsync(Archive, ("Range", $"bytes={whole.Length}-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal($"bytes */{whole.Length}", response.Content.Headers.ContentRange?.ToString());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("items=0-5")]
    [InlineData("bytes=0-4,10-14")]
    [InlineData("bytes=5-3")]
    [InlineData("bytes=")]
    [InlineData("0-5")]
    public async Task Other_units_several_ranges_and_malformed_ranges_return_the_whole_file(string range)
    {
        using var response = await sandbox.GetAsync(Archive, ("Range", range));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(await WholeAsync(), await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_range_of_the_last_zero_bytes_is_refused()
    {
        using var response = await sandbox.GetAsync(Archive, ("Range", "bytes=-0"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
    }

    [Fact]
    public async Task If_Range_returns_the_range_if_the_file_is_the_same_and_the_whole_file_otherwise()
    {
        using var head = await sandbox.SendAsync(HttpMethod.Head, Archive);
        var (etag, modified) = (head.Headers.ETag!.ToString(), head.Content.Headers.LastModified!.Value);
        foreach (var (condition, status) in new[]
        {
            (etag, HttpStatusCode.PartialContent),
            ("\"another\"", HttpStatusCode.OK),
            ($"W/{etag}", HttpStatusCode.OK),
            (modified.ToString("R"), HttpStatusCode.PartialContent),
            (modified.AddSeconds(-1).ToString("R"), HttpStatusCode.OK),
            (modified.AddSeconds(1).ToString("R"), HttpStatusCode.OK),
            ("nonsense", HttpStatusCode.OK),
        })
        {
            using var response = await sandbox.GetAsync(Archive, ("Range", "bytes=10-19"), ("If-Range", condition));
            Assert.True(status == response.StatusCode, $"If-Range: {condition} gave {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Conditional_requests_are_supported()
    {
        using var head = await sandbox.SendAsync(HttpMethod.Head, Archive);
        var (etag, modified) = (head.Headers.ETag!.ToString(), head.Content.Headers.LastModified!.Value);
        foreach (var (name, value, status) in new[]
        {
            ("If-None-Match", etag, HttpStatusCode.NotModified),
            ("If-None-Match", $"\"another\", W/{etag}", HttpStatusCode.NotModified),
            ("If-None-Match", "*", HttpStatusCode.NotModified),
            ("If-None-Match", "\"another\"", HttpStatusCode.OK),
            ("If-Modified-Since", modified.ToString("R"), HttpStatusCode.NotModified),
            ("If-Modified-Since", modified.AddSeconds(1).ToString("R"), HttpStatusCode.NotModified),
            ("If-Modified-Since", modified.AddSeconds(-1).ToString("R"), HttpStatusCode.OK),
            ("If-Modified-Since", "nonsense", HttpStatusCode.OK),
            ("If-Match", etag, HttpStatusCode.OK),
            ("If-Match", "*", HttpStatusCode.OK),
            ("If-Match", $"W/{etag}", HttpStatusCode.PreconditionFailed),
            ("If-Match", "\"another\"", HttpStatusCode.PreconditionFailed),
            ("If-Unmodified-Since", modified.ToString("R"), HttpStatusCode.OK),
            ("If-Unmodified-Since", modified.AddDays(-1).ToString("R"), HttpStatusCode.PreconditionFailed),
        })
        {
            using var response = await sandbox.GetAsync(Archive, (name, value));
            Assert.True(status == response.StatusCode, $"{name}: {value} gave {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Preconditions_are_evaluated_in_the_order_of_the_standard()
    {
        using var head = await sandbox.SendAsync(HttpMethod.Head, Archive);
        var (etag, earlier) = (head.Headers.ETag!.ToString(), head.Content.Headers.LastModified!.Value.AddDays(-1).ToString("R"));
        foreach (var (first, second, status) in new[]
        {
            (("If-Match", etag), ("If-Unmodified-Since", earlier), HttpStatusCode.OK),
            (("If-None-Match", etag), ("If-Modified-Since", earlier), HttpStatusCode.NotModified),
            (("If-Match", "\"another\""), ("If-None-Match", etag), HttpStatusCode.PreconditionFailed),
            (("If-None-Match", etag), ("Range", "bytes=0-9"), HttpStatusCode.NotModified),
        })
        {
            using var response = await sandbox.GetAsync(Archive, first, second);
            Assert.True(status == response.StatusCode, $"{first} and {second} gave {response.StatusCode}");
        }
    }

    [Theory]
    [InlineData("Wednesday, 01-Jun-22 12:00:00 GMT")]
    [InlineData("Wed Jun  1 12:00:00 2022")]
    public async Task The_obsolete_forms_of_a_date_are_read(string date)
    {
        using var response = await sandbox.GetAsync(Archive, ("If-Modified-Since", date));
        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
    }

    [Fact]
    public async Task An_If_Range_without_a_Range_is_ignored()
    {
        using var response = await sandbox.GetAsync(Archive, ("If-Range", "\"another\""));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(await WholeAsync(), await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_If_Range_date_does_not_match_a_file_that_has_just_changed()
    {
        var file = HubFile.FromMemory([1, 2, 3], "application/gzip", DateTimeOffset.UtcNow.AddHours(1));
        await using var server = await MlHubServer.StartAsync(new OneItemHub("c", "i") { ArchiveFile = file });
        using var client = SandboxServer.ClientOf(server.RootUrl);
        using var head = await client.GetAsync("/storage/mlhub/archives/c.tar.gz");
        Assert.True(head.Content.Headers.LastModified <= head.Headers.Date, "Last-Modified is later than Date");
        foreach (var (condition, status) in new[] { (head.Content.Headers.LastModified!.Value.ToString("R"), 200), (head.Headers.ETag!.ToString(), 206) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/storage/mlhub/archives/c.tar.gz");
            request.Headers.TryAddWithoutValidation("Range", "bytes=0-0");
            request.Headers.TryAddWithoutValidation("If-Range", condition);
            using var response = await client.SendAsync(request);
            Assert.Equal(status, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task A_wrong_method_is_a_405_that_allows_GET_and_HEAD()
    {
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Delete, HttpMethod.Options })
        {
            using var response = await sandbox.SendAsync(method, Archive);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
            Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_file_on_disk_is_served_in_full_and_in_ranges_and_gets_another_ETag_when_it_changes()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("mlhub-").FullName, "archive.tar.gz");
        var content = new byte[1_000_000];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(path, content);
        var file = HubFile.FromDisk(path, "application/gzip");
        await using var server = await MlHubServer.StartAsync(new OneItemHub("c", "i") { ArchiveFile = file });
        using var client = SandboxServer.ClientOf(server.RootUrl);
        Assert.Equal(content, await client.GetByteArrayAsync("/storage/mlhub/archives/c.tar.gz"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/storage/mlhub/archives/c.tar.gz");
        request.Headers.TryAddWithoutValidation("Range", "bytes=500000-799999");
        using var part = await client.SendAsync(request);
        Assert.Equal(content[500_000..800_000], await part.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{file.ETag}\"", part.Headers.ETag?.ToString());

        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddTicks(10));
        Assert.NotEqual(file.ETag, HubFile.FromDisk(path, "application/gzip").ETag);
        File.Delete(path);
        Assert.Throws<FileNotFoundException>(() => HubFile.FromDisk(path, "application/gzip"));
        Directory.Delete(Path.GetDirectoryName(path)!);
    }

    [Fact]
    public async Task The_length_matches_the_one_in_the_API()
    {
        foreach (var collection in new[] { "sandbox_crops_kenya_s1", "sandbox_flood_bangladesh_gauges", "sandbox_landcover_tiles" })
        {
            var info = await sandbox.GetJsonAsync($"archive/{collection}/info");
            using var head = await sandbox.SendAsync(HttpMethod.Head, $"/storage/mlhub/archives/{collection}.tar.gz");
            Assert.Equal(info.GetProperty("size").GetInt64(), head.Content.Headers.ContentLength);
        }

        var catalog = await sandbox.GetJsonAsync("catalog/sandbox_crops_kenya/info?key=sandbox-key");
        using var tarball = await sandbox.SendAsync(HttpMethod.Head, "/storage/mlhub/catalogs/sandbox_crops_kenya.tar.gz");
        Assert.Equal(catalog.GetProperty("stac_catalog_size").GetInt64(), tarball.Content.Headers.ContentLength);
    }

    private async Task<byte[]> WholeAsync()
    {
        using var response = await sandbox.GetAsync(Archive);
        return await response.Content.ReadAsByteArrayAsync();
    }

    private static string Told(HttpResponseMessage response) =>
        string.Join('\n', response.Headers.Concat(response.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}"));

#pragma warning disable CA5351 // Content-MD5 is an MD5.
    private static byte[] Md5(byte[] bytes) => MD5.HashData(bytes);
#pragma warning restore CA5351
}
