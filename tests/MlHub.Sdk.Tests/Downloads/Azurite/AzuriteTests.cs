using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Downloads from an emulator of Azure Blob storage, where the original service stored the archives.</summary>
public sealed class AzuriteTests(Azurite azurite) : DownloaderTest, IClassFixture<Azurite>
{
    private const int Size = 8 * 1024 * 1024;

    [AzuriteTheory]
    [InlineData(null)]
    [InlineData("2023-11-03")]
    public async Task A_signed_address_is_downloaded(string? version)
    {
        var bytes = await PutAsync("signed.bin");
        var headers = version is null ? [] : new KeyValuePair<string, string>[] { new("x-ms-version", version) };

        var result = await NewDownloader().DownloadAsync(Request(azurite.Address("signed.bin")) with { Headers = headers, Options = new() { Connections = 4 } });

        await AssertFileAsync(bytes, result);
        Assert.Empty(result.RestartReasons);
    }

    [AzuriteFact]
    public async Task A_cancelled_download_is_resumed_with_another_signature()
    {
        var bytes = await PutAsync("cancelled.bin");
        await CancelAsync(Request(azurite.Address("cancelled.bin")), afterBytes: Size / 2);

        var result = await NewDownloader().DownloadAsync(Request(azurite.Address("cancelled.bin", TimeSpan.FromHours(2))));

        await AssertFileAsync(bytes, result);
        Assert.InRange(result.ResumedFrom, Size / 4, Size / 2);
        Assert.Empty(result.RestartReasons);
    }

    [AzuriteFact]
    public async Task Bytes_of_two_versions_are_never_mixed_if_a_blob_is_overwritten_between_two_runs()
    {
        await PutAsync("overwritten.bin");
        await CancelAsync(Request(azurite.Address("overwritten.bin")), afterBytes: Size / 2);
        var bytes = await PutAsync("overwritten.bin");

        var result = await NewDownloader().DownloadAsync(Request(azurite.Address("overwritten.bin")));

        await AssertFileAsync(bytes, result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.Contains("ETag", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    [AzuriteFact]
    public async Task Bytes_of_two_versions_are_never_mixed_if_a_blob_is_overwritten_during_a_run()
    {
        var first = await PutAsync("changing.bin");
        using var wire = new Wire
        {
            BeforeRequest = async (_, number) =>
            {
                if (number == 2)
                {
                    await PutAsync("changing.bin");
                }
            },
        };

        var result = await NewDownloader(options => options.Handler = wire).DownloadAsync(Request(azurite.Address("changing.bin")) with { Options = new() { Connections = 2 } });

        // The first response decides: its body belongs to the first version. The other responses only close their connections.
        await AssertFileAsync(first, result);
        Assert.Empty(result.RestartReasons);
    }

    [AzuriteFact]
    public async Task The_digest_of_a_blob_is_checked()
    {
        var bytes = RandomNumberGenerator.GetBytes(Size);
        await azurite.PutAsync("right.bin", bytes, MD5.HashData(bytes));

        var result = await NewDownloader().DownloadAsync(Request(azurite.Address("right.bin")));

        await AssertFileAsync(bytes, result);
        Assert.Equal("md5", result.Verified.ToString());
    }

    [AzuriteFact]
    public async Task A_blob_that_does_not_match_its_digest_is_not_stored()
    {
        await azurite.PutAsync("wrong.bin", RandomNumberGenerator.GetBytes(Size), MD5.HashData([1]));

        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader().DownloadAsync(Request(azurite.Address("wrong.bin"))));

        Assert.Equal(DownloadFailure.DigestMismatch, error.Reason);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [AzuriteFact]
    public async Task A_signature_that_expires_during_the_download_is_renewed_once_and_the_key_is_sent_only_to_the_API()
    {
        var bytes = await PutAsync("expiring.bin");
        await azurite.SetPoliciesAsync(("first", TimeSpan.FromHours(1)), ("second", TimeSpan.FromHours(1)));
        await using var front = await StorageFront.StartAsync((name, number) => azurite.AddressUnder(number == 1 ? "first" : "second", name));
        using var log = new CollectedLog();
        var expires = 0;
        using var wire = new Wire
        {
            // The third request, which is the first for another range, gets an expired signature.
            BeforeRequest = (_, number) => number == 3
                ? azurite.SetPoliciesAsync(("first", TimeSpan.FromHours(-++expires)), ("second", TimeSpan.FromHours(1)))
                : Task.CompletedTask,
        };

        var result = await NewDownloader(options =>
        {
            options.Handler = wire;
            options.Loggers = log;
        }).DownloadAsync(Request(new Uri(front.Root, $"archive/expiring.bin?key={StorageFront.Key}")) with { Options = new() { Connections = 2 } });

        await AssertFileAsync(bytes, result);
        Assert.Equal(1, expires);
        Assert.Equal(2, front.Asked);
        Assert.Empty(result.RestartReasons);
        var seen = await azurite.DebugLogAsync();
        Assert.Contains("expiring.bin", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(StorageFront.Key, seen, StringComparison.Ordinal);
        Assert.NotEmpty(log.Messages);
        Assert.All(log.Messages, message => Assert.DoesNotContain("sig=", message, StringComparison.Ordinal));
    }

    [AzuriteFact]
    public async Task The_message_for_an_expired_signature_does_not_contain_it()
    {
        await PutAsync("late.bin");

        var error = await Assert.ThrowsAnyAsync<MlHubException>(
            () => NewDownloader().DownloadAsync(Request(azurite.Address("late.bin", TimeSpan.FromMinutes(-5)))));

        Assert.Contains("late.bin): ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [AzuriteFact]
    public async Task No_signature_is_stored_on_disk()
    {
        await PutAsync("noted.bin");

        await CancelAsync(Request(azurite.Address("noted.bin")), afterBytes: Size / 2);

        var left = Directory.GetFiles(Output, "noted.bin.mlhub-journal");
        Assert.DoesNotContain("sig=", await File.ReadAllTextAsync(Assert.Single(left)), StringComparison.Ordinal);
    }

    [AzuriteFact]
    public async Task The_client_downloads_an_archive_through_the_API()
    {
        var bytes = await PutAsync("archive_v1.tar.gz");
        await using var front = await StorageFront.StartAsync((name, _) => azurite.Address($"{name}.tar.gz"));
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = front.Root, ApiKey = StorageFront.Key });

        var result = await client.Archives.DownloadAsync("archive_v1", Output);

        await AssertFileAsync(bytes, result);
        Assert.Equal("archive_v1.tar.gz", Path.GetFileName(result.Path));
        Assert.DoesNotContain(StorageFront.Key, await azurite.DebugLogAsync(), StringComparison.Ordinal);
    }

    private async Task<byte[]> PutAsync(string name)
    {
        var bytes = RandomNumberGenerator.GetBytes(Size);
        await azurite.PutAsync(name, bytes);
        return bytes;
    }

    private DownloadRequest Request(Uri url) => new() { Url = url, OutputDirectory = Output };
}
