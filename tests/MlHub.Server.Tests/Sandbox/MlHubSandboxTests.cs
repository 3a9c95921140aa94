using MlHub.Sandbox;

namespace MlHub.Server.Tests.Sandbox;

/// <summary>What a test can order of a sandbox, and see of it.</summary>
public sealed class MlHubSandboxTests : IAsyncLifetime
{
    private const string Archive = "/storage/mlhub/archives/sandbox_crops_kenya_s1.tar.gz";

    private MlHubSandbox _hub = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _hub = await MlHubSandbox.StartAsync();
        _client = SandboxServer.ClientOf(_hub.RootUrl);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task Requests_fail_in_the_requested_order_and_number()
    {
        _hub.FailNext(503, times: 2, retryAfter: TimeSpan.FromSeconds(7));
        _hub.FailNext(429);
        foreach (var (status, wait) in new (int, double?)[] { (503, 7), (503, 7), (429, null), (200, null) })
        {
            using var response = await _client.GetAsync("datasets");
            Assert.Equal((status, wait), ((int)response.StatusCode, response.Headers.RetryAfter?.Delta?.TotalSeconds));
        }
    }

    [Fact]
    public async Task Responses_are_cut_off_as_requested_and_are_complete_afterwards()
    {
        var whole = await _client.GetByteArrayAsync(Archive);
        _hub.CutAfter(1000, times: 2);
        Assert.Equal(200, await StatusAsync("archive/sandbox_crops_kenya_s1/info"));
        for (var time = 0; time < 2; time++)
        {
            using var response = await _client.GetAsync(Archive, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(whole.Length, response.Content.Headers.ContentLength);
            await using var body = await response.Content.ReadAsStreamAsync();
            var received = new byte[1000];
            await body.ReadExactlyAsync(received);
            Assert.Equal(whole[..1000], received);
            await Assert.ThrowsAnyAsync<IOException>(() => body.ReadAsync(received).AsTask());
        }

        Assert.Equal(whole, await _client.GetByteArrayAsync(Archive));
    }

    [Fact]
    public async Task A_response_that_is_cut_off_before_its_body_has_its_status_and_headers()
    {
        _hub.CutAfter(0);
        using var response = await _client.GetAsync(Archive, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.NotNull(response.Content.Headers.ContentLength);
        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_changed_file_has_another_content_ETag_digest_and_time()
    {
        using var before = await _client.GetAsync(Archive);
        _hub.ChangeFile("archives/sandbox_crops_kenya_s1.tar.gz");
        using var after = await _client.GetAsync(Archive);
        _hub.ChangeFile("archives/sandbox_crops_kenya_s1.tar.gz");
        using var again = await _client.GetAsync(Archive);
        Assert.Equal(before.Content.Headers.ContentLength, after.Content.Headers.ContentLength);
        Assert.Equal(3, new[] { before, after, again }.Select(response => response.Headers.ETag).Distinct().Count());
        Assert.Equal(3, new[] { before, after, again }.Select(response => Convert.ToHexString(response.Content.Headers.ContentMD5!)).Distinct().Count());
        Assert.True(before.Content.Headers.LastModified < after.Content.Headers.LastModified);
        Assert.NotEqual(await before.Content.ReadAsByteArrayAsync(), await after.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("catalogs/sandbox_flood_bangladesh.tar.gz")]
    [InlineData("assets/sandbox_flood_bangladesh/legend.csv")]
    public async Task Catalogues_and_assets_can_change_as_well(string path)
    {
        var before = await _client.GetByteArrayAsync("/storage/mlhub/" + path);
        _hub.ChangeFile(path);
        Assert.NotEqual(before, await _client.GetByteArrayAsync("/storage/mlhub/" + path));
    }

    [Fact]
    public async Task A_required_key_replaces_the_others()
    {
        const string Items = "collections/sandbox_crops_kenya_s2/items?key=";
        Assert.Equal(200, await StatusAsync(Items + MlHubSandbox.DefaultApiKey));
        _hub.RequireKey("new");
        Assert.Equal("new", _hub.ApiKey);
        Assert.Equal(401, await StatusAsync(Items + MlHubSandbox.DefaultApiKey));
        Assert.Equal(200, await StatusAsync(Items + "new"));
    }

    [Fact]
    public async Task Requests_are_listed_without_their_keys()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "collections/a%2Fb/items?limit=2&key=s3cr3t&K%45Y=s3cr3t");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer s3cr3t");
        request.Headers.Add("X-Test", "yes");
        using var response = await _client.SendAsync(request);
        using var other = await _client.GetAsync("models");
        Assert.Equal(["GET /mlhub/v1/collections/a%2Fb/items?limit=2", "GET /mlhub/v1/models"], _hub.Requests.Select(asked => asked.ToString()));
        Assert.Collection(
            _hub.Requests,
            seen =>
            {
                Assert.Equal(("GET", "/mlhub/v1/collections/a%2Fb/items", "?limit=2", true), (seen.Method, seen.Path, seen.Query, seen.HasKey));
                Assert.Equal("yes", seen.Headers["x-test"]);
                Assert.DoesNotContain("s3cr3t", seen.Query + string.Concat(seen.Headers.Values), StringComparison.Ordinal);
            },
            seen => Assert.Equal(("/mlhub/v1/models", "", false), (seen.Path, seen.Query, seen.HasKey)));
    }

    [Fact]
    public async Task A_handler_reaches_the_hub_in_memory_for_any_host_name()
    {
        using var client = new HttpClient(_hub.CreateHandler()) { BaseAddress = _hub.RootUrl };
        Assert.Equal(await _client.GetStringAsync("datasets"), await client.GetStringAsync("datasets"));
        Assert.Equal(await _client.GetByteArrayAsync(Archive), await client.GetByteArrayAsync("http://api.radiant.earth" + Archive));
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetByteArrayAsync(Archive)));
        Assert.Single(all.Select(Convert.ToHexString).Distinct());
    }

    [Fact]
    public async Task A_handler_reports_cut_responses_and_a_stopped_hub()
    {
        using var client = new HttpClient(_hub.CreateHandler()) { BaseAddress = _hub.RootUrl };
        _hub.CutAfter(1000);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetByteArrayAsync(Archive));
        await _hub.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("datasets"));
    }

    [Fact]
    public async Task Delays_and_rates_use_the_given_clock()
    {
        var time = new WaitingClock();
        await using var hub = await MlHubSandbox.StartAsync(new MlHubServerOptions { TimeProvider = time });
        using var client = SandboxServer.ClientOf(hub.RootUrl);
        var length = (await client.GetByteArrayAsync(Archive)).Length;
        Assert.Equal(TimeSpan.Zero, time.Waited);

        hub.Delay(TimeSpan.FromMinutes(1));
        using var delayed = await client.GetAsync("datasets");
        Assert.Equal(TimeSpan.FromMinutes(1), time.Waited);
        hub.Delay(TimeSpan.Zero);

        hub.Throttle(length / 100);
        Assert.Equal(length, (await client.GetByteArrayAsync(Archive)).Length);
        Assert.InRange(time.Waited, TimeSpan.FromSeconds(60 + 98), TimeSpan.FromSeconds(60 + 101));
        hub.Throttle(null);
    }

    [Fact]
    public void Invalid_faults_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _hub.FailNext(200));
        Assert.Throws<ArgumentOutOfRangeException>(() => _hub.FailNext(503, times: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _hub.Delay(TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>("delay", () => _hub.Delay(TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>("retryAfter", () => _hub.FailNext(503, retryAfter: TimeSpan.FromSeconds(-5)));
        Assert.Throws<ArgumentOutOfRangeException>("retryAfter", () => _hub.FailNext(503, retryAfter: TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => _hub.CutAfter(-1));
        Assert.Throws<ArgumentOutOfRangeException>("bytesPerSecond", () => _hub.Throttle(0));
        Assert.Throws<ArgumentException>("apiKey", () => _hub.RequireKey(""));
        Assert.Throws<ArgumentException>("apiKey", () => _hub.RequireKey(" "));
        Assert.Throws<ArgumentNullException>("apiKey", () => _hub.RequireKey(null!));
        Assert.Throws<ArgumentException>(() => _hub.ChangeFile(""));
        Assert.Throws<ArgumentException>(() => _hub.ChangeFile("archives/sandbox_crops_kenya_s1"));
        Assert.Throws<ArgumentException>(() => _hub.ChangeFile("archives/sandbox_storms_pacific_forecast.tar.gz"));
        Assert.Throws<ArgumentException>(() => _hub.ChangeFile("/archives/sandbox_crops_kenya_s1.tar.gz"));
    }

    [Fact]
    public async Task A_disposed_sandbox_refuses_further_faults()
    {
        var hub = await MlHubSandbox.StartAsync();
        await hub.DisposeAsync();

        Assert.All<Action>(
            [() => hub.FailNext(503), () => hub.Delay(TimeSpan.Zero), () => hub.CutAfter(1), () => hub.Throttle(null), () => hub.ChangeFile("archives/sandbox_crops_kenya_s1.tar.gz"), () => hub.RequireKey("k"), () => hub.CreateHandler().Dispose()],
            act => Assert.Throws<ObjectDisposedException>(act));
    }

    [Fact]
    public async Task An_option_that_is_null_is_refused_by_its_name()
    {
        (string Name, MlHubServerOptions Options)[] cases =
        [
            ("Address", new() { Address = null! }), ("ApiKeys", new() { ApiKeys = null! }), ("CorsOrigins", new() { CorsOrigins = null! }), ("Hosts", new() { Hosts = null! }),
            ("Limits", new() { Limits = null! }), ("TimeProvider", new() { TimeProvider = null! }), ("Middleware", new() { Middleware = null! }),
        ];
        foreach (var (name, options) in cases)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>("options", () => MlHubSandbox.StartAsync(options));
            Assert.StartsWith($"{name} must not be null.", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Headers_with_secrets_are_not_recorded()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "datasets");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer secret-1");
        request.Headers.TryAddWithoutValidation("Proxy-Authorization", "Basic secret-2");
        request.Headers.TryAddWithoutValidation("Cookie", "session=secret-3");
        request.Headers.TryAddWithoutValidation("X-Kept", "yes");
        using var response = await _client.SendAsync(request);

        var seen = _hub.Requests[^1];
        Assert.Equal("yes", seen.Headers["X-Kept"]);
        Assert.DoesNotContain(seen.Headers.Values, value => value.Contains("secret", StringComparison.Ordinal));
    }

    private async Task<int> StatusAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        return (int)response.StatusCode;
    }

    /// <summary>Time that passes only while somebody waits for it, and then at once.</summary>
    private sealed class WaitingClock : TimeProvider
    {
        private long _ticks;

        public TimeSpan Waited => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Add(ref _ticks, dueTime.Ticks);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
