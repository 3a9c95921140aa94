using Microsoft.Extensions.Configuration;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>Options are bound, checked and copied.</summary>
public sealed class OptionsTests
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1/");

    [Fact]
    public void Options_of_a_client_are_bound_from_configuration()
    {
        var options = Bind<MlHubClientOptions>(
            "MlHub",
            ("MlHub:RootUrl", "https://hub.example/v1/"),
            ("MlHub:ApplicationName", "my-service/1.2"),
            ("MlHub:Transfer:StallTimeout", "00:00:05"),
            ("MlHub:Transfer:MaxRetries", "2"),
            ("MlHub:Transfer:FlushToDisk", "false"));

        Assert.Equal(new Uri("https://hub.example/v1/"), options.RootUrl);
        Assert.Equal("my-service/1.2", options.ApplicationName);
        Assert.Equal(new TransferOptions { StallTimeout = TimeSpan.FromSeconds(5), MaxRetries = 2, FlushToDisk = false }, options.Transfer);
    }

    [Fact]
    public void Options_of_a_downloader_and_of_a_download_are_bound_from_configuration()
    {
        var downloader = Bind<ResumableDownloaderOptions>("Downloads", ("Downloads:UserAgent", "x/1"), ("Downloads:Transfer:MaxConnectionsPerHost", "4"));
        var download = Bind<DownloadOptions>("Download", ("Download:IfExists", "Skip"), ("Download:Connections", "3"), ("Download:AllowPages", "true"));

        Assert.Equal("x/1", downloader.UserAgent);
        Assert.Equal(4, downloader.Transfer.MaxConnectionsPerHost);
        Assert.Equal(new DownloadOptions { IfExists = IfExists.Skip, Connections = 3, AllowPages = true }, download);
    }

    [Fact]
    public void A_client_and_a_downloader_have_the_same_defaults()
    {
        Assert.Equal(new MlHubClientOptions().Transfer, new ResumableDownloaderOptions().Transfer);
        Assert.Equal(
            new TransferOptions
            {
                ConnectTimeout = TimeSpan.FromSeconds(10),
                ResponseTimeout = TimeSpan.FromSeconds(100),
                StallTimeout = TimeSpan.FromSeconds(30),
                MaxRetries = 6,
                MaxTotalRetries = 1000,
                RetryBaseDelay = TimeSpan.FromSeconds(0.5),
                RetryMaxDelay = TimeSpan.FromSeconds(20),
                MaxRetryAfter = TimeSpan.FromSeconds(60),
                MaxConnectionsPerHost = 16,
                FlushToDisk = true,
            },
            new TransferOptions());
    }

    public static TheoryData<string, TransferOptions, string> OutOfRange() => new()
    {
        { "ConnectTimeout", new() { ConnectTimeout = TimeSpan.Zero }, "must be between 00:00:00.0010000 and 45.00:00:00." },
        { "ResponseTimeout", new() { ResponseTimeout = Timeout.InfiniteTimeSpan }, "must be between 00:00:00.0010000 and 45.00:00:00." },
        { "StallTimeout", new() { StallTimeout = TimeSpan.FromDays(46) }, "must be between 00:00:00.0010000 and 45.00:00:00." },
        { "RetryBaseDelay", new() { RetryBaseDelay = TimeSpan.FromTicks(-1) }, "must be between 00:00:00 and 45.00:00:00." },
        { "RetryMaxDelay", new() { RetryMaxDelay = TimeSpan.FromDays(46) }, "must be between 00:00:00 and 45.00:00:00." },
        { "MaxRetryAfter", new() { MaxRetryAfter = TimeSpan.MaxValue }, "must be between 00:00:00 and 45.00:00:00." },
        { "MaxRetries", new() { MaxRetries = 1001 }, "must be between 0 and 1000." },
        { "MaxTotalRetries", new() { MaxTotalRetries = -1 }, "must be between 0 and 1000000." },
        { "MaxConnectionsPerHost", new() { MaxConnectionsPerHost = 257 }, "must be between 1 and 256." },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void A_value_out_of_range_is_rejected_with_its_name_and_its_range(string property, TransferOptions transfer, string rule)
    {
        var client = Assert.Throws<ArgumentException>(() => new MlHubClient(new MlHubClientOptions { Transfer = transfer }));
        var downloader = Assert.Throws<ArgumentException>(() => new ResumableDownloader(new ResumableDownloaderOptions { Transfer = transfer }));

        Assert.Equal($"MlHubClientOptions.Transfer.{property} {rule} (Parameter 'options')", client.Message);
        Assert.Equal($"ResumableDownloaderOptions.Transfer.{property} {rule} (Parameter 'options')", downloader.Message);
    }

    [Fact]
    public void The_ends_of_the_ranges_are_allowed()
    {
        var longest = TimeSpan.FromDays(45);
        using var least = ClientWith(new TransferOptions
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(1),
            ResponseTimeout = TimeSpan.FromMilliseconds(1),
            StallTimeout = TimeSpan.FromMilliseconds(1),
            MaxRetries = 0,
            MaxTotalRetries = 0,
            RetryBaseDelay = TimeSpan.Zero,
            RetryMaxDelay = TimeSpan.Zero,
            MaxRetryAfter = TimeSpan.Zero,
            MaxConnectionsPerHost = 1,
        });
        using var most = ClientWith(new TransferOptions
        {
            ConnectTimeout = TimeSpan.FromDays(20),
            ResponseTimeout = longest,
            StallTimeout = longest,
            MaxRetries = 1000,
            MaxTotalRetries = 1_000_000,
            RetryBaseDelay = longest,
            RetryMaxDelay = longest,
            MaxRetryAfter = longest,
            MaxConnectionsPerHost = 256,
        });
    }

    [Fact]
    public void Each_failure_has_a_sentence()
    {
        var options = new MlHubClientOptions { ApplicationName = "two\nlines", Transfer = new TransferOptions { MaxRetries = -1, StallTimeout = TimeSpan.Zero } };

        var error = Assert.Throws<ArgumentException>(() => new MlHubClient(options));

        Assert.Contains("MlHubClientOptions.ApplicationName contains a character that is not allowed in a User-Agent header.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Transfer.MaxRetries must be between 0 and 1000.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Transfer.StallTimeout must be between 00:00:00.0010000 and 45.00:00:00.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_with_a_null_part_are_rejected()
    {
        var error = Assert.Throws<ArgumentException>(() => new MlHubClient(new MlHubClientOptions { Transfer = null! }));

        Assert.StartsWith("MlHubClientOptions.Transfer must not be null.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("k\u00f6nig/1")]
    [InlineData("line\n")]
    public void A_user_agent_with_invalid_characters_is_rejected(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => new ResumableDownloader(new ResumableDownloaderOptions { UserAgent = text }));

        Assert.StartsWith("ResumableDownloaderOptions.UserAgent contains a character that is not allowed in a User-Agent header.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_after_construction_has_no_effect_on_a_client()
    {
        var options = new MlHubClientOptions { ApiKey = "k", RootUrl = Nowhere, Transfer = new TransferOptions { MaxRetries = 1, RetryBaseDelay = TimeSpan.Zero } };
        var broken = new Broken();
        using var client = new MlHubClient(options, broken);

        options.RootUrl = new Uri("http://127.0.0.1:2/");
        options.Transfer.MaxRetries = 5;
        await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetByIdAsync("any"));

        Assert.Equal(Nowhere, client.RootUrl);
        Assert.Equal(2, broken.Requests);
    }

    [Fact]
    public async Task A_change_after_construction_has_no_effect_on_a_downloader()
    {
        var options = new ResumableDownloaderOptions { Transfer = new TransferOptions { MaxRetries = 1, RetryBaseDelay = TimeSpan.Zero } };
        var directory = Directory.CreateTempSubdirectory("mlhub-").FullName;
        var broken = new Broken();
        using var downloader = new ResumableDownloader(options, broken);

        options.Transfer.MaxRetries = 5;
        await Assert.ThrowsAsync<DownloadException>(
            () => downloader.DownloadAsync(new DownloadRequest { Url = Nowhere, OutputDirectory = directory, FileName = "x" }));

        Assert.Equal(2, broken.Requests);
        Directory.Delete(directory, recursive: true);
    }

    private static MlHubClient ClientWith(TransferOptions transfer) => new(new MlHubClientOptions { ApiKey = "k", RootUrl = Nowhere, Transfer = transfer });

    private static TOptions Bind<TOptions>(string section, params (string Key, string Value)[] settings)
        where TOptions : class, new()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        var options = new TOptions();
        configuration.GetSection(section).Bind(options);
        return options;
    }

    /// <summary>A network over which no request ever gets through.</summary>
    private sealed class Broken : HttpMessageHandler
    {
        private int _requests;

        public int Requests => _requests;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _requests);
            throw new HttpRequestException(HttpRequestError.ConnectionError, "broken");
        }
    }
}
