namespace MlHub.Server.Tests.Api;

public sealed class FailuresTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    [Theory]
    [InlineData("datasets/no_dataset", "Dataset no_dataset does not exist.")]
    [InlineData("datasets/doi/10.5555/nothing", "Dataset 10.5555/nothing does not exist.")]
    [InlineData("collections/no_collection", "Collection no_collection does not exist.")]
    [InlineData("collections/no_collection/items?key=sandbox-key", "Collection no_collection does not exist.")]
    [InlineData("collections/no_collection/items/x?key=sandbox-key", "Collection no_collection does not exist.")]
    [InlineData("collections/sandbox_crops_kenya_s2/items/x?key=sandbox-key", "Item x in Collection sandbox_crops_kenya_s2 does not exist.")]
    [InlineData("archive/no_archive?key=sandbox-key", "Archive no_archive does not exist.")]
    [InlineData("archive/sandbox_storms_pacific_forecast?key=sandbox-key", "Archive sandbox_storms_pacific_forecast does not exist.")]
    [InlineData("archive/no_archive/info", "Archive no_archive does not exist.")]
    [InlineData("catalog/no_catalog?key=sandbox-key", "Catalog no_catalog does not exist.")]
    [InlineData("catalog/no_catalog/info?key=sandbox-key", "Catalog no_catalog does not exist.")]
    [InlineData("models/no_model", "Model no_model does not exist.")]
    [InlineData("nothing", "Not Found")]
    [InlineData("datasets/a/b/c", "Not Found")]
    [InlineData("collections//items?key=sandbox-key", "Not Found")]
    [InlineData("/", "Not Found")]
    [InlineData("/storage/mlhub/archives/no_archive.tar.gz", "The specified file does not exist.")]
    [InlineData("/storage/mlhub/archives/sandbox_crops_kenya_s2", "The specified file does not exist.")]
    [InlineData("/storage/mlhub/assets/sandbox_crops_kenya_s2/../x", "The specified file does not exist.")]
    [InlineData("/storage/mlhub/", "The specified file does not exist.")]
    public async Task A_missing_entity_is_a_404_that_names_it(string path, string detail) => Assert.Equal((404, detail), await sandbox.FailAsync(path));

    [Theory]
    [InlineData("archive/no_archive?key=sandbox-key")]
    [InlineData("catalog/no_catalog?key=sandbox-key")]
    public async Task HEAD_of_a_missing_entity_has_no_body(string path)
    {
        using var response = await sandbox.SendAsync(HttpMethod.Head, path);
        Assert.Equal(404, (int)response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("datasets", "GET, HEAD")]
    [InlineData("archive/sandbox_crops_kenya_s2", "GET, HEAD")]
    public async Task A_wrong_method_is_a_405_that_lists_the_allowed_methods(string path, string allowed)
    {
        Assert.Equal((405, "Method Not Allowed"), await sandbox.FailAsync(path, HttpMethod.Post));
        using var response = await sandbox.SendAsync(HttpMethod.Delete, path);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("datasets?key=sandbox-key")]
    [InlineData("collections/sandbox_crops_kenya_s2/items?key=sandbox-key")]
    [InlineData("collections/no_collection?key=sandbox-key")]
    [InlineData("search?limit=0&key=sandbox-key")]
    [InlineData("datasets/sandbox_crops_kenya")]
    [InlineData("api")]
    [InlineData("")]
    public async Task HEAD_returns_the_status_and_headers_of_GET_without_a_body(string path)
    {
        using var get = await sandbox.SendAsync(HttpMethod.Get, path);
        using var head = await sandbox.SendAsync(HttpMethod.Head, path);
        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(HeadersOf(get), HeadersOf(head));
        Assert.NotEmpty(await get.Content.ReadAsByteArrayAsync());
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());

        static IEnumerable<string> HeadersOf(HttpResponseMessage response) =>
            response.Headers.Concat(response.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_unexpected_exception_is_a_500_without_internal_details()
    {
        await using var server = await DescribedServer.StartAsync(new OneItemHub("c", "i") { Defect = "insides" }, SandboxServer.Keys);
        using var client = SandboxServer.ClientOf(server.RootUrl);
        using var response = await client.GetAsync("models");
        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal("{\"detail\":\"Internal Server Error\"}", await response.Content.ReadAsStringAsync());
    }
}
