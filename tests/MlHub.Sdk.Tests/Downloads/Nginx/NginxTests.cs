using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Downloads from the real nginx. The requests are checked with its access log.</summary>
public sealed class NginxTests(Nginx nginx) : DownloaderTest, IClassFixture<Nginx>
{
    private const int MiB = 1024 * 1024;
    private static readonly DateTime Monday = new(2026, 1, 5, 10, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Tuesday = Monday.AddDays(1);

    [NginxFact]
    public async Task A_file_is_downloaded_in_ranges_over_several_connections()
    {
        var bytes = Put("several.bin", 16 * MiB);

        var result = await NewDownloader().DownloadAsync(Request("several.bin", bytesPerSecond: 8 * MiB) with { Options = new() { Connections = 4 } });

        await AssertFileAsync(bytes, result);
        var requests = await nginx.RequestsAsync("several.bin");
        Assert.Single(requests, request => request.Status == 200);
        Assert.All(requests.Where(request => request.Status != 200), request => Assert.Equal(206, request.Status));
        Assert.InRange(requests.Select(request => request.Connection).Distinct().Count(), 3, 5);
    }

    [NginxFact]
    public async Task Bytes_of_a_cancelled_run_are_not_requested_again()
    {
        var bytes = Put("cancelled.bin", 4 * MiB);
        await CancelAsync(Request("cancelled.bin"), afterBytes: 2 * MiB);

        var result = await NewDownloader().DownloadAsync(Request("cancelled.bin", query: "sig=again") with { Options = new() { Connections = 1 } });

        await AssertFileAsync(bytes, result);
        Assert.InRange(result.ResumedFrom, 1 * MiB, 2 * MiB);
        var again = Assert.Single(await nginx.RequestsAsync("cancelled.bin"), request => request.Uri.EndsWith("?sig=again", StringComparison.Ordinal));
        Assert.Equal(206, again.Status);
        Assert.Equal(bytes.Length - result.ResumedFrom, again.Bytes);
        Assert.Equal(again.ETag, again.IfRange);
    }

    [NginxFact]
    public async Task Bytes_of_two_versions_are_never_mixed_if_the_file_is_replaced_between_two_runs()
    {
        Put("replaced.bin", 4 * MiB);
        await CancelAsync(Request("replaced.bin"), afterBytes: 2 * MiB);
        var bytes = Put("replaced.bin", 4 * MiB, Tuesday);

        var result = await NewDownloader().DownloadAsync(Request("replaced.bin", query: "sig=again"));

        await AssertFileAsync(bytes, result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.Contains("ETag", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
        var again = (await nginx.RequestsAsync("replaced.bin")).Where(request => request.Uri.EndsWith("?sig=again", StringComparison.Ordinal)).ToList();
        var conditional = Assert.Single(again, request => request.IfRange.Length > 0 && request.IfRange != request.ETag);
        Assert.Equal(200, conditional.Status);
    }

    [NginxFact]
    public async Task Bytes_of_two_versions_are_never_mixed_if_the_file_is_replaced_during_a_run()
    {
        var first = Put("changing.bin", 8 * MiB);
        var bytes = RandomNumberGenerator.GetBytes(8 * MiB);
        using var wire = new Wire
        {
            BeforeRequest = (_, number) =>
            {
                if (number == 2)
                {
                    nginx.Put("changing.bin", bytes, Tuesday);
                }

                return Task.CompletedTask;
            },
        };

        var result = await NewDownloader(options => options.Handler = wire)
            .DownloadAsync(Request("changing.bin", bytesPerSecond: 8 * MiB) with { Options = new() { Connections = 2 } });

        // The first response decides: its body belongs to the first version. The other responses only close their connections.
        await AssertFileAsync(first, result);
        Assert.Empty(result.RestartReasons);
    }

    [NginxFact]
    public async Task Connections_are_added_automatically_if_each_is_slow()
    {
        var bytes = Put("slow.bin", 8 * MiB);

        var result = await NewDownloader().DownloadAsync(Request("slow.bin", bytesPerSecond: 1 * MiB));

        await AssertFileAsync(bytes, result);
        Assert.InRange((await nginx.RequestsAsync("slow.bin")).Select(request => request.Connection).Distinct().Count(), 4, 17);
    }

    [NginxFact]
    public async Task A_download_with_one_connection_does_not_add_connections()
    {
        var bytes = Put("one.bin", 4 * MiB);

        var result = await NewDownloader().DownloadAsync(Request("one.bin", bytesPerSecond: 8 * MiB) with { Options = new() { Connections = 1 } });

        await AssertFileAsync(bytes, result);
        Assert.Single(await nginx.RequestsAsync("one.bin"));
    }

    [NginxFact]
    public async Task A_file_that_became_shorter_causes_a_416_and_is_downloaded_from_the_start()
    {
        // Without an ETag there is nothing to send as If-Range, and nginx refuses a range beyond the new end.
        Put("no-etag/shrunk.bin", 4 * MiB);
        await CancelAsync(Request("no-etag/shrunk.bin"), afterBytes: 2 * MiB);
        var bytes = Put("no-etag/shrunk.bin", 100_000, Tuesday);

        var result = await NewDownloader().DownloadAsync(Request("no-etag/shrunk.bin"));

        await AssertFileAsync(bytes, result);
        Assert.Equal("the remote file changed: its length was 4194304 and is now 100000", Assert.Single(result.RestartReasons));
        Assert.Contains(await nginx.RequestsAsync("no-etag/shrunk.bin"), request => request.Status == 416);
    }

    [NginxFact]
    public async Task A_server_without_ranges_is_read_in_one_stream_and_from_the_start()
    {
        var bytes = Put("no-ranges/data.bin", 4 * MiB);
        await CancelAsync(Request("no-ranges/data.bin"), afterBytes: 2 * MiB);

        var result = await NewDownloader().DownloadAsync(Request("no-ranges/data.bin"));

        await AssertFileAsync(bytes, result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.All(await nginx.RequestsAsync("no-ranges/data.bin"), request => Assert.Equal(200, request.Status));
    }

    [NginxFact]
    public async Task Text_is_downloaded_uncompressed_if_the_server_supports_compression()
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("the same words again\n", 100_000)));
        nginx.Put("gzip/data.txt", bytes, Monday);

        var result = await NewDownloader().DownloadAsync(Request("gzip/data.txt"));

        await AssertFileAsync(bytes, result);
        Assert.All(await nginx.RequestsAsync("gzip/data.txt"), request => Assert.Equal("identity", request.AcceptEncoding));
    }

    [NginxTheory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_download_succeeds_if_the_server_allows_only_two_connections(int status)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"two-connections-{status}/data.bin");
        var bytes = Put(path, 24 * MiB);

        var result = await NewDownloader().DownloadAsync(Request(path, bytesPerSecond: 12 * MiB) with { Options = new() { Connections = 8 } });

        await AssertFileAsync(bytes, result);
        var requests = await nginx.RequestsAsync(path);
        Assert.Empty(result.RestartReasons);
        Assert.InRange(requests.Count(request => request.Status == status), 1, 30);
    }

    [NginxFact]
    public async Task The_message_for_a_refused_request_says_what_was_refused()
    {
        Put("forbidden/data.bin", 10);

        var forbidden = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => NewDownloader().DownloadAsync(Request("forbidden/data.bin", query: "sig=secret")));
        var missing = await Assert.ThrowsAsync<EntityDoesNotExistException>(() => NewDownloader().DownloadAsync(Request("missing.bin", query: "sig=secret")));

        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        Assert.StartsWith($"Access was denied (403, {nginx.Root}forbidden/data.bin): ", forbidden.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{nginx.Root}missing.bin does not exist (404).", missing.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", forbidden.ToString() + missing, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [NginxFact]
    public async Task An_empty_file_is_downloaded()
    {
        var bytes = Put("empty.bin", 0);

        await AssertFileAsync(bytes, await NewDownloader().DownloadAsync(Request("empty.bin")));
    }

    [NginxFact]
    public async Task A_digest_sent_by_the_server_is_checked()
    {
        var bytes = Put("promised.bin", 4 * MiB);
        var right = Convert.ToBase64String(MD5.HashData(bytes));

        var result = await NewDownloader().DownloadAsync(Request("promised.bin") with { Headers = [new("Promise-MD5", right)] });

        await AssertFileAsync(bytes, result);
        Assert.Equal("md5", result.Verified.ToString());
    }

    [NginxFact]
    public async Task A_file_that_does_not_match_its_digest_is_not_stored()
    {
        Put("promised.bin", 4 * MiB);
        var wrong = Convert.ToBase64String(MD5.HashData([1]));

        var error = await Assert.ThrowsAsync<DownloadException>(
            () => NewDownloader().DownloadAsync(Request("promised.bin") with { Headers = [new("Promise-MD5", wrong)] }));

        Assert.Equal(DownloadFailure.DigestMismatch, error.Reason);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [NginxFact]
    public async Task A_file_truncated_during_the_transfer_is_downloaded_again()
    {
        var bytes = Put("cut.bin", 4 * MiB)[..(2 * MiB)];
        var cutting = new InlineProgress(report =>
        {
            if (report.TotalBytes == 4 * MiB && report.BytesDone > 0)
            {
                nginx.Cut("cut.bin", 2 * MiB);
            }
        });

        var result = await NewDownloader().DownloadAsync(Request("cut.bin", bytesPerSecond: 4 * MiB) with { Options = new() { Connections = 1 } }, cutting);

        await AssertFileAsync(bytes, result);
        Assert.Contains("length was 4194304 and is now 2097152", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    private byte[] Put(string path, int size, DateTime? modified = null)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        nginx.Put(path, bytes, modified ?? Monday);
        return bytes;
    }

    private DownloadRequest Request(string path, int? bytesPerSecond = null, string? query = null)
    {
        query ??= bytesPerSecond is { } rate ? string.Create(CultureInfo.InvariantCulture, $"rate={rate}") : null;
        return new() { Url = new Uri(nginx.Root, query is null ? path : $"{path}?{query}"), OutputDirectory = Output };
    }
}
