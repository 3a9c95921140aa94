using System.Text;
using FsCheck.Xunit;

namespace MlHub.Sdk.Tests.Sending;

public sealed class AddressTests
{
    [Theory]
    [InlineData("..", "datasets/%2E%2E")]
    [InlineData(".", "datasets/%2E")]
    [InlineData("a/../b?c#d", null)]
    [InlineData("%2e%2e", "datasets/%252e%252e")]
    [InlineData("a b", "datasets/a%20b")]
    [InlineData("a?b", "datasets/a%3Fb")]
    [InlineData("a#b", "datasets/a%23b")]
    [InlineData("a\\b", "datasets/a%5Cb")]
    [InlineData("ä", "datasets/%C3%A4")]
    public async Task An_id_stays_in_its_segment(string id, string? path)
    {
        var hub = new FakeHub();
        using var client = hub.Client();

        await Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.Datasets.GetByIdAsync(id));

        Assert.Equal(path ?? "datasets/a%2F..%2Fb%3Fc%23d", Assert.Single(hub.Paths));
    }

    [Property(MaxTest = 300)]
    public void Any_id_round_trips_through_the_path(string id)
    {
        if (string.IsNullOrEmpty(id) || !IsWellFormed(id))
        {
            return;
        }

        var hub = new FakeHub();
        using var client = hub.Client();

        Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.Collections.GetItemAsync(id, id)).GetAwaiter().GetResult();

        var segments = Assert.Single(hub.Requests).AbsolutePath.Split('/');
        Assert.Equal(["", "mlhub", "v1", "collections", id, "items", id], segments.Select(Uri.UnescapeDataString));
    }

    [Fact]
    public async Task Only_the_slashes_of_a_DOI_are_not_escaped()
    {
        var hub = new FakeHub().Answers("datasets/doi/10.9999/crops%3F1/x", Json.DatasetA);
        using var client = hub.Client();

        var dataset = await client.Datasets.GetAsync("10.9999/crops?1/x");

        Assert.Equal("crops", dataset.Id);
    }

    [Theory]
    [InlineData("https://hub.example/mlhub/v1")]
    [InlineData("https://hub.example/mlhub/v1/")]
    public async Task A_root_URL_keeps_its_last_segment_with_or_without_a_slash_after_it(string root)
    {
        var hub = new FakeHub();
        using var client = new MlHubClient(new MlHubClientOptions { ApiKey = "k", RootUrl = new Uri(root) }, hub);

        await Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.Datasets.GetByIdAsync("x"));

        Assert.Equal("/mlhub/v1/datasets/x", Assert.Single(hub.Requests).AbsolutePath);
    }

    [Theory]
    [InlineData("collections")]
    [InlineData("/collections")]
    [InlineData("https://hub.example/mlhub/v1/collections")]
    public async Task Raw_access_accepts_paths_relative_to_the_root_and_absolute_addresses(string pathOrUrl)
    {
        var hub = new FakeHub().Answers("collections", """{"collections": []}""");
        using var client = hub.Client();

        var json = await client.GetJsonAsync(pathOrUrl);

        Assert.Equal(0, json.GetProperty("collections").GetArrayLength());
    }

    [Fact]
    public async Task Raw_access_keeps_a_query_and_does_not_treat_a_colon_as_a_scheme()
    {
        var hub = new FakeHub().Answers("a:b?limit=3", "{}").Answers("x//y", "{}");
        using var client = hub.Client();

        await client.GetJsonAsync("a:b?limit=3");
        await client.GetJsonAsync("//x//y");

        Assert.Equal(["a:b?limit=3", "x//y"], hub.Paths);
    }

    [Fact]
    public async Task Lists_of_values_are_repeated_parameters()
    {
        var hub = new FakeHub().Answers("datasets?tags=a%26b&tags=c&text=d%20e", "[]");
        using var client = hub.Client();

        var found = await client.Datasets.ListAsync(new DatasetQuery { Tags = ["a&b", "c"], Text = ["d e"] }).ToListAsync();

        Assert.Empty(found);
    }

    /// <summary>Half of a surrogate pair has no UTF-8 form, and so no place in a URL.</summary>
    private static bool IsWellFormed(string text) =>
        text.EnumerateRunes().All(rune => rune != Rune.ReplacementChar) && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}
