using System.Net;

namespace MlHub.Sdk.Tests.Authentication;

/// <summary>Over plain http the key is sent only to this machine, unless the user allows other hosts.</summary>
public sealed class PlainHttpTests
{
    private const string Cluster = "http://hub.cluster.local:8080/v1/";

    [Theory]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("Yes")]
    [InlineData(" on\n")]
    public void A_variable_or_the_profile_in_use_allows_it(string yes)
    {
        using var home = new TestHome($"[default]\napi_key = k\nroot_url = {Cluster}\n[inside]\napi_key = k\nroot_url = {Cluster}\nallow_http = {yes.Trim()}\n");
        Assert.False(home.Resolve().AllowKeyOverHttp);
        Assert.True(home.Resolve(profile: "inside").AllowKeyOverHttp);

        home.With("MLHUB_ALLOW_HTTP", yes);
        Assert.True(home.Resolve().AllowKeyOverHttp);
        Assert.Empty(home.Resolve().Warnings);
    }

    [Fact]
    public void An_argument_takes_precedence_over_the_named_profile_and_the_profile_over_the_variable()
    {
        using var home = new TestHome($"[yes]\napi_key = k\nroot_url = {Cluster}\nallow_http = true\n[no]\napi_key = k\nroot_url = {Cluster}\nallow_http = off\n");
        Assert.False(home.Resolve(profile: "yes", allowKeyOverHttp: false).AllowKeyOverHttp);
        Assert.True(home.Resolve(profile: "no", allowKeyOverHttp: true).AllowKeyOverHttp);

        home.With("MLHUB_ALLOW_HTTP", "1");
        Assert.False(home.Resolve(profile: "no").AllowKeyOverHttp);

        home.With("MLHUB_ALLOW_HTTP", "0").With("MLHUB_PROFILE", "yes");
        Assert.False(home.Resolve().AllowKeyOverHttp);
    }

    [Fact]
    public void The_permission_of_a_profile_applies_only_to_its_own_key_and_hub()
    {
        using var home = new TestHome($"[default]\napi_key = k\nroot_url = {Cluster}\nallow_http = true\n");

        Assert.True(home.Resolve(rootUrl: "http://other.cluster.local/").AllowKeyOverHttp);
        Assert.True(home.Resolve(apiKey: "given").AllowKeyOverHttp);
        Assert.False(home.Resolve(apiKey: "given", rootUrl: "http://other.example/").AllowKeyOverHttp);
    }

    [Theory]
    [InlineData("maybe")]
    [InlineData("2")]
    public void An_invalid_permission_is_an_error_only_if_it_is_needed(string text)
    {
        using var home = new TestHome($"[default]\napi_key = k\nallow_http = {text}\n");
        Assert.Empty(home.Resolve().Warnings);
        Assert.StartsWith(
            $"allow_http of profile \"default\" in {home.ProfilesPath} must be true or false",
            Assert.Throws<MlHubException>(() => home.Resolve(rootUrl: Cluster)).Message,
            StringComparison.Ordinal);

        home.With("MLHUB_ALLOW_HTTP", text);
        Assert.StartsWith("MLHUB_ALLOW_HTTP must be true or false", Assert.Throws<MlHubException>(() => home.Resolve(rootUrl: Cluster)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_warning_says_how_to_allow_it()
    {
        using var home = new TestHome();

        Assert.Equal(
            $"The API key is not sent to {Cluster}: over plain http, anyone on the network path could read it. To send it, use https, or allow it inside a network that you trust: "
                + "AllowKeyOverHttp in the options, allow_http = true in the profile, or MLHUB_ALLOW_HTTP=1.",
            Assert.Single(home.Resolve(apiKey: "k", rootUrl: Cluster).Warnings));
    }

    [Fact]
    public async Task Once_allowed_the_key_is_sent_only_to_addresses_under_the_root_URL()
    {
        var hub = new FakeHub { Root = new Uri(Cluster) }
            .Answers("datasets/crops", Json.DatasetA)
            .Redirects("datasets/moved", "http://other.cluster.local/x")
            .Answers("http://other.cluster.local/x", Json.DatasetA);
        using var client = new MlHubClient(new MlHubClientOptions { ApiKey = "k", RootUrl = hub.Root, AllowKeyOverHttp = true }, hub);

        await client.Datasets.GetAsync("crops");
        await client.Datasets.GetAsync("moved");

        Assert.Equal(["?key=k", "?key=k", ""], hub.Requests.Select(url => url.Query));
    }

    [Fact]
    public async Task The_message_for_a_key_withheld_over_http_says_how_to_allow_it()
    {
        var hub = new FakeHub { Root = new Uri(Cluster) }.Answers("x", "{}", HttpStatusCode.Unauthorized);
        using var client = hub.Client();

        var error = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => client.GetJsonAsync("x"));

        Assert.Contains("it was not sent, because over plain http", error.Message, StringComparison.Ordinal);
        Assert.Contains("or MLHUB_ALLOW_HTTP=1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"abc-def-ghi\"", true)]
    [InlineData("'abc-def-ghi'", true)]
    [InlineData("“abc-def-ghi”", true)]
    [InlineData("abc-def-ghi\"", true)]
    [InlineData("abc\"def", false)]
    public async Task A_refused_key_in_quotation_marks_causes_a_hint_about_the_quotation_marks(string key, bool mentioned)
    {
        var hub = new FakeHub().Answers("x", "{}", HttpStatusCode.Unauthorized).Answers("archive/c", "{}", HttpStatusCode.Forbidden);
        using var client = hub.Client(key);

        var called = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => client.GetJsonAsync("x"));
        var downloaded = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => client.Archives.DownloadAsync("c", Path.GetTempPath()));

        Assert.All(hub.Requests, url => Assert.Equal($"?key={Uri.EscapeDataString(key)}", url.Query));
        Assert.All([called, downloaded], error => Assert.Equal(mentioned, error.Message.Contains("remove the quotation marks", StringComparison.Ordinal)));
        Assert.DoesNotContain("def", called + downloaded.ToString(), StringComparison.Ordinal);
    }
}
