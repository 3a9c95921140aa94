using MlHub.Sandbox;
namespace MlHub.Server.Tests.Api;

public sealed class KeysTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    private const string Items = "collections/sandbox_crops_kenya_s2/items";
    private const string NoKey = "Must provide API key or Bearer token to access this route.";
    private const string WrongKey = "Could not identify user from API key or Authentication header.";

    [Theory]
    [InlineData("datasets")]
    [InlineData("datasets/sandbox_crops_kenya")]
    [InlineData("datasets/doi/10.5555/sandbox.crops.kenya")]
    [InlineData("collections")]
    [InlineData("collections/sandbox_crops_kenya_s2")]
    [InlineData("archive/sandbox_crops_kenya_s2/info")]
    [InlineData("models")]
    [InlineData("models/sandbox-crop-classifier-unet-v1")]
    public async Task Open_operations_need_no_key_and_ignore_a_wrong_one(string path)
    {
        await sandbox.GetJsonAsync(path);
        await sandbox.GetJsonAsync(path + "?key=wrong");
    }

    [Theory]
    [InlineData(Items)]
    [InlineData(Items + "/sandbox_crops_kenya_s2_tile_01_20190904")]
    [InlineData("archive/sandbox_crops_kenya_s2")]
    [InlineData("catalog/sandbox_crops_kenya")]
    [InlineData("catalog/sandbox_crops_kenya/info")]
    public async Task Other_operations_are_refused_without_a_key_and_with_a_wrong_one(string path)
    {
        Assert.Equal((401, NoKey), await sandbox.FailAsync(path));
        Assert.Equal((401, NoKey), await sandbox.FailAsync(path + "?key="));
        Assert.Equal((401, WrongKey), await sandbox.FailAsync(path + "?key=wrong"));
        Assert.Equal((401, WrongKey), await sandbox.FailAsync(path + "?key=Sandbox-Key"));
    }

    [Theory]
    [InlineData("archive/sandbox_crops_kenya_s2")]
    [InlineData("catalog/sandbox_crops_kenya")]
    public async Task HEAD_without_a_key_is_refused_without_a_body(string path)
    {
        using var response = await sandbox.SendAsync(HttpMethod.Head, path);
        Assert.Equal(401, (int)response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_body_of_a_401_is_exactly_that_of_the_original_service()
    {
        using var response = await sandbox.GetAsync(Items);
        Assert.Equal("{\"detail\":\"Must provide API key or Bearer token to access this route.\"}", await response.Content.ReadAsStringAsync());
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_bearer_token_is_accepted_like_the_query_parameter()
    {
        using var good = await sandbox.GetAsync(Items, ("Authorization", "Bearer sandbox-key"));
        Assert.Equal(200, (int)good.StatusCode);
        Assert.Equal((401, WrongKey), await sandbox.FailAsync(Items, null, ("Authorization", "Bearer wrong")));
        Assert.Equal((401, NoKey), await sandbox.FailAsync(Items, null, ("Authorization", "Basic c2FuZGJveC1rZXk=")));
    }

    [Fact]
    public async Task A_repeated_key_is_accepted_and_two_different_keys_are_refused()
    {
        // The Python clients add their key to next links that may carry one already.
        await sandbox.GetJsonAsync(Items + "?key=sandbox-key&limit=2&key=sandbox-key&limit=2");
        Assert.Equal((401, WrongKey), await sandbox.FailAsync(Items + "?key=sandbox-key&key=wrong"));
    }

    [Fact]
    public async Task Every_key_of_the_options_is_accepted_escaped_or_not()
    {
        await using var server = await DescribedServer.StartAsync(new MlHubServerOptions { ApiKeys = ["first", "a+b/c&d=é"] });
        Assert.Equal("first", server.ApiKey);
        using var client = SandboxServer.ClientOf(server.RootUrl);
        foreach (var (key, status) in new[] { ("first", 200), (Uri.EscapeDataString("a+b/c&d=é"), 200), ("sandbox-key", 401) })
        {
            using var response = await client.GetAsync($"{Items}?key={key}");
            Assert.Equal(status, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task No_response_contains_the_key()
    {
        const string Key = MlHubSandbox.DefaultApiKey;
        string[] paths =
        [
            "", "datasets", "collections", Items, $"{Items}?limit=2&token=next:sandbox_crops_kenya_s2_tile_03_20190904", "nothing", $"{Items}?limit=none",
            "archive/sandbox_crops_kenya_s1", "catalog/sandbox_crops_kenya", "catalog/sandbox_crops_kenya/info", "models", "datasets/nothing",
        ];
        foreach (var path in paths)
        {
            using var response = await sandbox.GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}key={Key}");
            Assert.DoesNotContain(Key, $"{response.Headers}{response.Content.Headers}{await response.Content.ReadAsStringAsync()}", StringComparison.Ordinal);
        }
    }
}
