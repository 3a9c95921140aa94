using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class WholeDownloadTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mlhub-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(5_000_000)]
    public async Task A_file_is_downloaded_and_no_other_files_remain(int length)
    {
        var file = RandomNumberGenerator.GetBytes(length);
        await using var server = new ScriptedServer(request => new RemoteFile(file).Answer(request));
        using var downloader = new ResumableDownloader();

        var result = await downloader.DownloadAsync(new DownloadRequest { Url = server.Url("a/data.tar.gz?key=secret"), OutputDirectory = _directory });

        Assert.Equal(Path.Combine(_directory, "data.tar.gz"), result.Path);
        Assert.Equal(file, await File.ReadAllBytesAsync(result.Path));
        Assert.Equal("length", result.Verified.ToString());
        Assert.Equal([result.Path], Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task A_file_with_the_size_of_the_remote_file_is_skipped_after_one_request()
    {
        var file = RandomNumberGenerator.GetBytes(1000);
        await using var server = new ScriptedServer(request => new RemoteFile(file).Answer(request));
        using var downloader = new ResumableDownloader();
        var request = new DownloadRequest { Url = server.Url("data.bin"), OutputDirectory = _directory };
        await downloader.DownloadAsync(request);
        server.Requests.Clear();

        var again = await downloader.DownloadAsync(request);

        Assert.True(again.Skipped);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Skip_sends_no_request_if_the_name_is_known()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "data.bin"), "mine");
        await using var server = new ScriptedServer(_ => ScriptedAnswer.Of(500, []));
        using var downloader = new ResumableDownloader();
        var request = new DownloadRequest { Url = server.Url("x"), OutputDirectory = _directory, LikelyFileName = "data.bin", Options = new() { IfExists = IfExists.Skip } };

        var result = await downloader.DownloadAsync(request);

        Assert.True(result.Skipped);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_wrong_digest_does_not_change_the_existing_file()
    {
        var path = Path.Combine(_directory, "data.bin");
        await File.WriteAllTextAsync(path, "good");
        await using var server = new ScriptedServer(_ => ScriptedAnswer.Of(200, [1, 2, 3]).With("Content-MD5", Convert.ToBase64String(MD5.HashData([9]))));
        using var downloader = new ResumableDownloader();
        var request = new DownloadRequest { Url = server.Url("data.bin"), OutputDirectory = _directory, Options = new() { IfExists = IfExists.Overwrite } };

        var error = await Assert.ThrowsAsync<DownloadException>(() => downloader.DownloadAsync(request));

        Assert.Equal(DownloadFailure.DigestMismatch, error.Reason);
        Assert.Equal("good", await File.ReadAllTextAsync(path));
        Assert.Equal([path], Directory.GetFiles(_directory));
    }
}
