namespace MlHub.Sdk.Tests.Downloads;

/// <summary>
/// One address that leads to two files whose final addresses differ in the query alone, and which share a strong ETag and a length: the query counts, unless a
/// digest of the whole is known.
/// </summary>
public sealed class RedirectIdentityTests : DownloadTest
{
    private string _query = "id=1";

    public RedirectIdentityTests() => Remote.Twist = (request, answer) =>
        request.Path.StartsWith("/store.bin", StringComparison.Ordinal) ? answer : To($"/store.bin?{_query}");

    [Theory]
    [InlineData("id=2")]
    [InlineData("id=1&version=2")]
    [InlineData("")]
    [InlineData("id=2&sig=x")]
    public async Task The_part_file_of_one_redirect_target_is_never_used_for_another(string query)
    {
        await InterruptAsync();
        (_query, Remote.Bytes) = (query, OtherBytes());

        var result = await DownloadAsync();

        await AssertFileAsync(Remote.Bytes, result);
        Assert.Equal((0, 1), (result.ResumedFrom, result.Restarts));
        Assert.Contains("query", result.RestartReasons[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id=1&sig=b")]
    [InlineData("id=1&token=b&expires=2")]
    [InlineData("id=1&X-Amz-Signature=b&X-Amz-Date=2")]
    public async Task A_new_signature_identifies_the_same_file(string query)
    {
        await InterruptAsync();
        _query = query;

        var result = await DownloadAsync();

        await AssertFileAsync(Remote.Bytes, result);
        Assert.True(result.ResumedFrom > 0);
    }

    [Fact]
    public async Task An_expired_address_that_is_renewed_to_another_file_restarts_the_download()
    {
        var other = OtherBytes();
        Remote.Twist = (request, answer) =>
        {
            if (request.Path.StartsWith("/data.bin", StringComparison.Ordinal))
            {
                return To($"/store.bin?{_query}");
            }

            if (request.Path.EndsWith("id=1", StringComparison.Ordinal) && request.Range is not null)
            {
                (_query, Remote.Bytes) = ("id=2", other);
                return ScriptedAnswer.Of(403, []);
            }

            return request.Path.EndsWith("id=1", StringComparison.Ordinal) ? answer with { Body = answer.Body[..1_000_000], End = ScriptedEnd.Close } : answer;
        };

        var result = await DownloadAsync(Request with { Options = new() { Connections = 1 } });

        await AssertFileAsync(other, result);
        Assert.Equal(1, result.Restarts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_file_is_resumed_if_a_digest_of_the_whole_file_is_known(bool isOfTheCallers)
    {
        var digest = Md5(Remote.Bytes);
        var request = isOfTheCallers ? Request with { ExpectedDigests = [FileDigest.Parse($"md5:{digest}")] } : Request;
        Remote.Headers.AddRange(isOfTheCallers ? [] : [new KeyValuePair<string, string>("Content-MD5", digest)]);
        await InterruptAsync(request: request);
        _query = "id=2";

        var result = await DownloadAsync(request);

        await AssertFileAsync(Remote.Bytes, result);
        Assert.Equal("md5", result.Verified.ToString());
        Assert.True(result.ResumedFrom > 0);
        Assert.Equal(0, result.Restarts);
    }

    [Fact]
    public async Task A_digest_detects_bytes_of_another_file_and_everything_is_downloaded_again()
    {
        var other = OtherBytes();
        var request = Request with { ExpectedDigests = [FileDigest.Parse($"md5:{Md5(other)}")] };
        await InterruptAsync(request: request);
        (_query, Remote.Bytes) = ("id=2", other);

        var result = await DownloadAsync(request);

        await AssertFileAsync(other, result);
        Assert.Equal((0, 1), (result.ResumedFrom, result.Restarts));
    }

    private static ScriptedAnswer To(string location) => ScriptedAnswer.Of(302, []).With("Location", location);
}
