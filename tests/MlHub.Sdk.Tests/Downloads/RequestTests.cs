namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Requests that are rejected.</summary>
public sealed class RequestTests : DownloadTest
{
    [Theory]
    [InlineData("Options.Connections")]
    [InlineData("FileName")]
    [InlineData("Url")]
    public async Task An_option_out_of_range_is_named_in_the_message(string property)
    {
        var request = property switch
        {
            "Options.Connections" => Request with { Options = new() { Connections = 0 } },
            "FileName" => Request with { FileName = "../x" },
            _ => Request with { Url = new Uri("ftp://example.org/x") },
        };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => DownloadAsync(request));

        Assert.StartsWith($"{property} ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Range", "bytes=0-1")]
    [InlineData("accept-encoding", "gzip")]
    [InlineData("Authorization", "Bearer k\u00f6nig")]
    [InlineData("X-Two", "a\r\nX-Other: b")]
    [InlineData("X Y", "secret")]
    public async Task The_message_for_an_invalid_header_does_not_contain_its_value(string name, string value)
    {
        using var downloader = new ResumableDownloader();
        var request = new DownloadRequest { Url = new Uri("http://127.0.0.1:1/"), OutputDirectory = ".", Headers = [new(name, value)] };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => downloader.DownloadAsync(request));

        Assert.Equal("request", error.ParamName);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_name_too_long_for_its_temporary_files_is_rejected()
    {
        using var downloader = new ResumableDownloader();
        var request = new DownloadRequest { Url = new Uri("http://127.0.0.1:1/"), OutputDirectory = ".", FileName = new string('x', 238) };

        Assert.Contains("237", (await Assert.ThrowsAsync<ArgumentException>(() => downloader.DownloadAsync(request))).Message, StringComparison.Ordinal);
    }
}
