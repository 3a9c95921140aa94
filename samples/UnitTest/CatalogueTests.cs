using System.Text.Json;
using MlHub.Sdk;
using NSubstitute;

namespace MlHub.Samples.UnitTest;

public sealed class CatalogueTests
{
    // All methods of a client are virtual, and so are its groups.
    private readonly MlHubClient _hub = Substitute.For<MlHubClient>();
    private readonly DatasetsClient _datasets = Substitute.For<DatasetsClient>();

    public CatalogueTests() => _hub.Datasets.Returns(_datasets);

    [Fact]
    public async Task Titles_are_sorted_and_a_missing_title_is_replaced_by_the_id()
    {
        _datasets.ListAsync(Arg.Is<DatasetQuery>(query => query.Tags.Contains("flood")), Arg.Any<CancellationToken>()).Returns(
            Datasets("""{ "id": "sen1", "title": "Sentinel-1 floods", "collections": [] }""", """{ "id": "rivers", "collections": [] }"""));

        Assert.Equal(["Sentinel-1 floods", "rivers"], await new Catalogue(_hub).TitlesAsync("flood"));
    }

    [Fact]
    public async Task An_error_of_the_hub_reaches_the_caller()
    {
        _datasets.ListAsync(Arg.Any<DatasetQuery>(), Arg.Any<CancellationToken>()).Returns(_ => throw new MlHubAuthenticationException("The API key was refused."));

        await Assert.ThrowsAsync<MlHubAuthenticationException>(() => new Catalogue(_hub).TitlesAsync("flood"));
    }

    // Entities are made from JSON, as the server sends it.
    private IAsyncEnumerable<Dataset> Datasets(params string[] json) =>
        json.Select(text => Dataset.FromJson(JsonSerializer.Deserialize<JsonElement>(text), _hub)).ToAsyncEnumerable();
}
