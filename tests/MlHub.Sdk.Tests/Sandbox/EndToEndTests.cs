using System.Net;

namespace MlHub.Sdk.Tests.Sandbox;

/// <summary>The SDK with the real server over real sockets.</summary>
public sealed class EndToEndTests : IAsyncLifetime, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mlhub-").FullName;
    private DescribedServer _hub = null!;
    private MlHubClient _client = null!;

    public async Task InitializeAsync()
    {
        _hub = await DescribedServer.StartAsync();
        _client = new MlHubClient(new MlHubClientOptions { RootUrl = _hub.RootUrl, ApiKey = _hub.ApiKey });
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _hub.DisposeAsync();
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Every_dataset_leads_to_its_collections_and_their_items()
    {
        var seen = 0;
        await foreach (var dataset in _client.Datasets.ListAsync())
        {
            var collections = await dataset.GetCollectionsAsync();

            Assert.Equal(dataset.Collections.Select(listed => listed.Id), collections.Select(collection => collection.Id));
            Assert.All(collections, collection => Assert.True(collections.SourceImagery.Contains(collection) || collections.Labels.Contains(collection)));
            foreach (var collection in collections)
            {
                var items = await collection.ListItemsAsync().ToListAsync();
                seen += items.Count;
                Assert.Equal(items.Count, items.Select(item => item.Id).Distinct().Count());
                Assert.All(items, item => Assert.Equal(collection.Id, item.CollectionId));
            }
        }

        Assert.True(seen > 50, $"{seen} items are too few for paging to show.");
    }

    [Fact]
    public async Task A_search_finds_the_items_of_all_collections_that_meet_all_conditions()
    {
        var listed = await _client.Collections.ListItemsAsync("sandbox_crops_kenya_s2").ToListAsync();
        var cloudy = listed.Where(item => item.Properties.GetProperty("eo:cloud_cover").GetDouble() >= 5).ToList();
        var all = await _client.Items.SearchAsync().ToListAsync();

        var found = await _client.Items.SearchAsync(new ItemSearch
        {
            Collections = ["sandbox_crops_kenya_s2"],
            PageSize = 2,
            Intersects = listed[0].Geometry,
            Filter = "eo:cloud_cover >= 5",
            SortBy = ["-properties.datetime"],
        }).ToListAsync();
        var partial = await _client.Items.SearchAsync(new ItemSearch { Ids = [listed[0].Id], Fields = ["properties.eo:cloud_cover", "-assets"] }).SingleAsync();

        Assert.True(all.Select(item => item.CollectionId).Distinct().Count() > 1);
        Assert.Equal(cloudy.Where(item => item.Geometry!.Intersects(listed[0].Geometry!)).OrderByDescending(item => item.Time!.Start).Select(item => item.ToJson()), found.Select(item => item.ToJson()));
        Assert.NotEmpty(found);
        Assert.Empty(partial.Assets);
        Assert.Null(partial.Geometry);
    }

    [Fact]
    public async Task A_filter_that_is_not_CQL2_is_an_error_in_the_words_of_the_hub()
    {
        var error = await Assert.ThrowsAsync<MlHubException>(() => _client.Items.SearchAsync(new ItemSearch { Filter = "eo:cloud_cover <" }).ToListAsync().AsTask());

        Assert.Equal(HttpStatusCode.BadRequest, error.StatusCode);
        Assert.NotEmpty(error.ServerMessage!);
    }

    [Fact]
    public async Task A_dataset_is_fetched_by_its_DOI()
    {
        var dataset = await _client.Datasets.ListAsync().FirstAsync(listed => listed.Doi is not null);

        Assert.Equal(dataset.ToJson(), (await _client.Datasets.GetAsync(dataset.Doi!)).ToJson());
    }

    [Fact]
    public async Task A_dataset_is_downloaded_and_a_second_download_skips_it()
    {
        var dataset = await _client.Datasets.GetAsync("sandbox_crops_kenya");

        var first = await dataset.DownloadAsync(_directory);
        var second = await dataset.DownloadAsync(_directory);

        Assert.Equal(dataset.Collections.Select(collection => $"{collection.Id}.tar.gz"), first.Select(result => Path.GetFileName(result.Path)));
        Assert.Equal(await dataset.GetTotalArchiveSizeAsync(), first.Sum(result => result.Bytes));
        Assert.All(first, result => Assert.False(result.Skipped));
        Assert.All(second, result => Assert.True(result.Skipped));
        Assert.Equal(first.Count, Directory.GetFiles(_directory).Length);
    }

    [Fact]
    public async Task A_file_that_exists_is_skipped_without_any_request()
    {
        var archive = (await _client.Datasets.GetAsync("sandbox_crops_kenya")).Collections[0].Id;
        await File.WriteAllTextAsync(Path.Combine(_directory, $"{archive}.tar.gz"), "mine");
        await _hub.DisposeAsync();

        var result = await _client.Archives.DownloadAsync(archive, _directory, new DownloadOptions { IfExists = IfExists.Skip });

        Assert.True(result.Skipped);
        Assert.Equal("mine", await File.ReadAllTextAsync(result.Path));
    }

    [Fact]
    public async Task A_catalogue_is_downloaded()
    {
        var info = await _client.Catalogs.GetInfoAsync("sandbox_crops_kenya");

        var result = await _client.Catalogs.DownloadAsync("sandbox_crops_kenya", _directory);

        Assert.Equal(info.StacCatalogSize, result.Bytes);
        Assert.Equal("sandbox_crops_kenya.tar.gz", Path.GetFileName(result.Path));
    }

    [Fact]
    public async Task A_request_for_an_archive_or_a_catalogue_checks_digests()
    {
        var archive = (await _client.Datasets.GetAsync("sandbox_crops_kenya")).Collections[0].Id;
        FileDigest[] wrong = [FileDigest.Parse("md5:d41d8cd98f00b204e9800998ecf8427e")];

        foreach (var request in (DownloadRequest[])[_client.Archives.CreateRequest(archive, _directory), _client.Catalogs.CreateRequest("sandbox_crops_kenya", _directory)])
        {
            var error = await Assert.ThrowsAsync<DownloadException>(() => _client.Downloader.DownloadAsync(request with { ExpectedDigests = wrong }));

            Assert.Equal(DownloadFailure.DigestMismatch, error.Reason);
        }
    }

    [Fact]
    public async Task A_failed_archive_does_not_prevent_the_others_from_being_downloaded()
    {
        var dataset = await _client.Datasets.ListAsync().FirstAsync(HasACollectionWithoutArchive);

        var e = await Assert.ThrowsAsync<DownloadsFailedException>(() => dataset.DownloadAsync(_directory));

        Assert.Equal(dataset.Collections.Count, e.Completed.Count + e.Failures.Count);
        Assert.All(e.Failures.Values, failure => Assert.IsType<EntityDoesNotExistException>(failure));
        Assert.Equal(e.Completed.Select(result => result.Path).Order(), Directory.GetFiles(_directory).Order());

        async ValueTask<bool> HasACollectionWithoutArchive(Dataset listed, CancellationToken cancellationToken)
        {
            var sizes = (await listed.GetCollectionsAsync(cancellationToken)).Select(collection => collection.GetArchiveSizeAsync(cancellationToken));
            return (await Task.WhenAll(sizes)).Contains(null);
        }
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_a_missing_key_fails_at_the_first_request_that_needs_one()
    {
        using var wrong = new MlHubClient(new MlHubClientOptions { RootUrl = _hub.RootUrl, ApiKey = "wrong" });
        using var none = new MlHubClient(new MlHubClientOptions { RootUrl = _hub.RootUrl, Home = _directory });

        await Assert.ThrowsAsync<MlHubAuthenticationException>(() => wrong.Archives.DownloadAsync("sandbox_crops_kenya_source", _directory));
        var e = await Assert.ThrowsAsync<ApiKeyNotFoundException>(() => none.Collections.ListItemsAsync("sandbox_crops_kenya_s2").FirstAsync().AsTask());
        Assert.Contains("MLHUB_API_KEY", e.Message, StringComparison.Ordinal);
        Assert.Equal("sandbox_crops_kenya", (await none.Datasets.GetAsync("sandbox_crops_kenya")).Id);
        await Assert.ThrowsAsync<ApiKeyNotFoundException>(() => none.Archives.DownloadAsync("sandbox_crops_kenya_source", _directory));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Models_are_listed_by_the_server()
    {
        var model = await _client.Models.ListAsync().FirstAsync();

        Assert.Equal(model.ToJson(), (await _client.Models.GetAsync(model.Id)).ToJson());
        Assert.NotNull(model.Architecture);
    }
}
