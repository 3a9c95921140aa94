using System.Globalization;
using System.Text.Json;
using MlHub.Hub.Index;
using MlHub.Hub.Postgres;
using MlHub.Server;

namespace MlHub.Hub.Tests;

/// <summary>An index in PostgreSQL, which several hubs share.</summary>
public sealed class PostgresIndexTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [PostgresFact]
    public async Task A_hub_with_a_database_answers_as_one_with_a_file()
    {
        await using var directory = await FilledAsync();
        var file = await directory.OpenAsync();
        var database = await directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = await postgres.CreateDatabaseAsync() });

        Assert.Equal(await AnswersAsync(file), await AnswersAsync(database));
    }

    [PostgresFact]
    public async Task Only_what_has_changed_is_stored_again()
    {
        await using var directory = await FilledAsync();
        var address = await postgres.CreateDatabaseAsync();
        var hub = await directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = address });
        var before = await PostgresServer.QueryAsync(address, "SELECT pg_current_xact_id()::text::bigint");

        directory.Write("crops/crops_c/two/two.json", HubDirectory.Item("two", "crops_c", ("new", "./image.tif")));
        directory.Write("crops/crops_c/four/four.json", HubDirectory.Item("four", "crops_c"));
        File.Delete(directory.Place("crops/crops_c/three/three.json"));
        Assert.True(await hub.RefreshAsync());

        Assert.Equal(["four", "one", "two"], await IdsAsync(hub, "crops_c"));
        Assert.Equal("four two", await PostgresServer.QueryAsync(address, $"SELECT string_agg(name, ' ' ORDER BY name) FROM item WHERE xmin::text::bigint > {before}"));
        Assert.Equal(await AnswersAsync(await directory.OpenAsync(new DirectoryHubOptions { IndexDirectory = directory.Place("../index-" + Guid.NewGuid()) })), await AnswersAsync(hub));
        Assert.False(await hub.RefreshAsync());
    }

    [PostgresFact]
    public async Task A_hub_serves_what_another_one_has_indexed()
    {
        await using var directory = await FilledAsync();
        var options = new DirectoryHubOptions { IndexDatabase = await postgres.CreateDatabaseAsync(), IndexDirectory = directory.Place(".first") };
        var first = await directory.OpenAsync(options);
        var second = await directory.OpenAsync(options with { IndexDirectory = directory.Place(".second"), TrustIndex = true });
        Assert.Equal(["one", "three", "two"], await IdsAsync(second, "crops_c"));

        directory.WriteDataset("more", "more_c", "five");
        await first.RefreshAsync();

        await EventuallyAsync(async () => (await second.FindCollectionAsync("more_c", default)) is not null);
        Assert.Equal(["five"], await IdsAsync(second, "more_c"));
        Assert.False(File.Exists(directory.Place(".second/index.db")));
    }

    [PostgresFact]
    public async Task Two_hubs_that_compare_the_same_files_publish_a_change_once()
    {
        await using var indexes = new HubDirectory();
        await using var directory = await FilledAsync();
        var address = await postgres.CreateDatabaseAsync();
        var options = new DirectoryHubOptions { IndexDatabase = address, IndexDirectory = indexes.Place("first") };
        var first = await directory.OpenAsync(options);
        var revision = await PostgresServer.QueryAsync(address, "SELECT revision FROM hub");
        var second = await directory.OpenAsync(options with { IndexDirectory = indexes.Place("second") });
        Assert.Equal(revision, await PostgresServer.QueryAsync(address, "SELECT revision FROM hub"));

        // Nobody stores anything now: a comparison begins with a look at the table.
        var published = await PostgresServer.QueryAsync(address, "SELECT published FROM hub");
        Assert.Equal((false, false, false), (await first.RefreshAsync(), await second.RefreshAsync(), await first.RefreshAsync()));
        Assert.Equal(published, await PostgresServer.QueryAsync(address, "SELECT published FROM hub"));

        // A change, and then the former state: each is a new revision.
        directory.WriteDataset("more", "more_c", "five");
        Assert.Equal((true, false), (await first.RefreshAsync(), await second.RefreshAsync() && await first.RefreshAsync()));
        Directory.Delete(directory.Place("more"), recursive: true);
        await second.RefreshAsync();
        Assert.NotEqual(revision, await PostgresServer.QueryAsync(address, "SELECT revision FROM hub"));
        await EventuallyAsync(async () => await first.FindCollectionAsync("more_c", default) is null);
        Assert.Equal(await AnswersAsync(second), await AnswersAsync(first));
    }

    [PostgresFact]
    public async Task A_hub_does_not_wait_while_another_one_indexes()
    {
        await using var directory = await FilledAsync();
        var options = new DirectoryHubOptions { IndexDatabase = await postgres.CreateDatabaseAsync() };
        var hub = await directory.OpenAsync(options);
        directory.Write("crops/crops_c/four/four.json", HubDirectory.Item("four", "crops_c"));

        var other = new BusyIndexer(directory, options.IndexDatabase);
        await other.BeginAsync();
        Assert.False(await hub.RefreshAsync());
        Assert.Equal(["one", "three", "two"], await IdsAsync(hub, "crops_c"));

        await other.EndAsync();
        await EventuallyAsync(async () => (await IdsAsync(hub, "crops_c")).Length == 4);
    }

    [PostgresFact]
    public async Task An_interrupted_update_leaves_what_was_there()
    {
        await using var directory = await FilledAsync();
        var address = await postgres.CreateDatabaseAsync();
        var hub = await directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = address });
        var before = await AnswersAsync(hub);
        directory.WriteDataset("more", "more_c", "five");

        // It fails in the middle of the transaction.
        await PostgresServer.QueryAsync(address, "ALTER TABLE dataset ADD CONSTRAINT full_disk CHECK (id <> 'more')");
        var error = await Assert.ThrowsAsync<HubUnavailableException>(() => hub.RefreshAsync());
        Assert.StartsWith($"The index {address.Replace("mlhub@", "", StringComparison.Ordinal)} cannot be used: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await AnswersAsync(hub));

        await PostgresServer.QueryAsync(address, "ALTER TABLE dataset DROP CONSTRAINT full_disk");
        Assert.True(await hub.RefreshAsync());
        Assert.NotNull(await hub.FindDatasetAsync("more", default));
    }

    [PostgresFact]
    public async Task The_tables_of_an_earlier_version_are_served_and_then_changed()
    {
        await using var directory = await FilledAsync();
        var address = await postgres.CreateDatabaseAsync();
        var options = new DirectoryHubOptions { IndexDatabase = address };
        var before = await AnswersAsync(await directory.OpenAsync(options));
        await PostgresServer.QueryAsync(address, "DROP INDEX item_period; UPDATE schema_version SET version = 1, oldest_reader = 1");

        var hub = await directory.OpenAsync(options with { TrustIndex = true });
        Assert.Equal(before, await AnswersAsync(hub));
        await hub.RefreshAsync();

        Assert.Equal("2", await PostgresServer.QueryAsync(address, "SELECT version FROM schema_version"));
        Assert.Equal("t", await PostgresServer.QueryAsync(address, "SELECT to_regclass('item_period') IS NOT NULL"));
        Assert.Equal(before, await AnswersAsync(hub));
    }

    [PostgresTheory]
    [InlineData(99, 2, true)]
    [InlineData(99, 99, false)]
    public async Task The_tables_of_a_newer_version_are_read_if_it_allows_that_and_never_written(int version, int oldestReader, bool canRead)
    {
        await using var directory = await FilledAsync();
        var address = await postgres.CreateDatabaseAsync();
        var options = new DirectoryHubOptions { IndexDatabase = address };
        var before = await AnswersAsync(await directory.OpenAsync(options));
        await PostgresServer.QueryAsync(address, $"UPDATE schema_version SET version = {version}, oldest_reader = {oldestReader}");
        var newer = $"The index {address.Replace("mlhub@", "", StringComparison.Ordinal)} is of a newer mlhub: it has version 99, and this mlhub knows versions up to 2. Update mlhub.";

        if (!canRead)
        {
            Assert.Equal(newer, (await Assert.ThrowsAsync<IOException>(() => directory.OpenAsync(options with { TrustIndex = true }))).Message);
            return;
        }

        var hub = await directory.OpenAsync(options with { TrustIndex = true });
        Assert.Equal(before, await AnswersAsync(hub));
        Assert.Equal(newer, (await Assert.ThrowsAsync<IOException>(() => hub.RefreshAsync())).Message);
    }

    [PostgresFact]
    public async Task The_tables_of_another_hub_are_refused()
    {
        await using var directory = await FilledAsync();
        var address = await postgres.CreateDatabaseAsync();
        await directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = address });
        var definition = HubDefinition.Parse("""{"id": "crops", "datasets": [{"id": "crops", "place": {"type": "directory", "path": "."}}]}"""u8.ToArray(), directory.Path);

        var error = await Assert.ThrowsAsync<IOException>(() => DefinedHub.OpenAsync(definition, new DefinedHubOptions { IndexDatabase = address, IndexDirectory = directory.Place(".defined") }));
        Assert.EndsWith(" is of a directory, not of the hub definition 'crops'. Choose another schema for this hub: add ?schema=NAME to the address.", error.Message, StringComparison.Ordinal);

        await using var hub = await DefinedHub.OpenAsync(definition, new DefinedHubOptions { IndexDatabase = address + "?schema=crops", IndexDirectory = directory.Place(".defined") });
        Assert.NotEmpty(hub.Collections);
    }

    [PostgresFact]
    public async Task What_PostgreSQL_cannot_store_is_left_out_with_the_reason()
    {
        await using var directory = await FilledAsync();
        directory.Write("crops/crops_c/odd/null.json", HubDirectory.Item("a\0b", "crops_c"));
        directory.Write("crops/crops_c/odd/long.json", HubDirectory.Item(new string('x', 3000), "crops_c"));
        directory.Write("crops/null/collection.json", HubDirectory.Collection("c\0d"));
        directory.Write("crops/null/item.json", HubDirectory.Item("i", "c\0d"));
        directory.Write("crops/long/collection.json", HubDirectory.Collection(RandomText(3000)));
        var hub = await directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = await postgres.CreateDatabaseAsync() });

        Assert.Equal(["one", "three", "two"], await IdsAsync(hub, "crops_c"));
        var reasons = (await hub.ListLeftOutAsync()).Select(file => file.Reason).ToArray();
        Assert.Contains("a text of it has the character U+0000, which PostgreSQL cannot store", reasons);
        Assert.Contains("its name is longer than PostgreSQL can index", reasons);
        Assert.Null(await hub.FindItemAsync("crops_c", "a\0b", default));
    }

    [PostgresFact]
    public async Task An_item_that_another_process_has_removed_meanwhile_leaves_its_place_empty()
    {
        await using var directory = await FilledAsync();
        var address = await postgres.CreateDatabaseAsync();
        await directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = address });
        await using var store = new PostgresStore(PostgresAddress.Parse(address), "a directory", directory.Place(".none"));
        using var index = await store.TryOpenAsync(default);
        var found = await index!.FindByBoundsAsync(new ItemSelection { From = 0 }, 100, default);
        var (one, three) = (found.Single(item => item.Name == "one").Id, found.Single(item => item.Name == "three").Id);

        var items = await index.GetItemsAsync([three, long.MaxValue, one], default);

        Assert.Equal(["three", null, "one"], items.Select(item => item?.Name));
    }

    [PostgresFact]
    public async Task A_request_with_U_0000_finds_what_a_hub_with_a_file_finds()
    {
        await using var directory = await FilledAsync();
        var file = await directory.OpenAsync();
        var database = await directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = await postgres.CreateDatabaseAsync() });
        HubItemQuery[] queries =
        [
            new() { Limit = 9, Ids = ["one", "a\0b"] },
            new() { Limit = 9, Ids = ["\0"] },
            new() { Limit = 9, Extensions = ["\0"] },
            new() { Limit = 9, Collections = ["crops_c"], Token = "next:one\0" },
            new() { Limit = 9, Collections = ["crops_c"], Token = "prev:three\0" },
            new() { Limit = 9, Collections = ["crops_c"], Token = "next:\0" },
        ];
        foreach (var query in queries)
        {
            Assert.Equal((await file.ListItemsAsync(query, default)).Items.Select(item => item.Json.GetRawText()), (await database.ListItemsAsync(query, default)).Items.Select(item => item.Json.GetRawText()));
        }
    }

    [PostgresFact]
    public async Task Without_the_database_requests_get_a_503_and_the_hub_is_not_ready_until_it_is_back()
    {
        var own = new PostgresServer();
        await own.InitializeAsync();
        try
        {
            await using var directory = await FilledAsync();
            var hub = await directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = await own.CreateDatabaseAsync() });
            var server = await directory.ServeAsync(hub);
            var item = new Uri(server.RootUrl, $"collections/crops_c/items/one?key={Uri.EscapeDataString(server.ApiKey)}");
            var ready = new Uri(server.RootUrl, "/readyz");
            Assert.Equal((200, 200), (await StatusAsync(item), await StatusAsync(ready)));

            await own.StopAsync();
            Assert.Equal(503, await StatusAsync(item));
            await EventuallyAsync(async () => await StatusAsync(ready) == 503);

            await own.StartAsync();
            Assert.Equal((200, 200), (await StatusAsync(item), await StatusAsync(ready)));
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    [PostgresTheory]
    [InlineData("postgresql://h", "The address of the index names no database: postgresql://user@host:5432/database.")]
    [InlineData("postgresql://u:secret@h/a/b", "The address of the index names no database: postgresql://user@host:5432/database.")]
    [InlineData("postgresql://u:secret@h/d?user=x", "The address of the index can have schema, host, sslmode, sslrootcert and connect_timeout after the question mark, and nothing else.")]
    [InlineData("postgresql://u:123/secret@h/d", "The address of the index must be like postgresql://user@host:5432/database. In a user name and a password, write @ / ? # and % as %40 %2F %3F %23 and %25.")]
    [InlineData("postgresql://u:123?secret@h/d", "The address of the index must be like postgresql://user@host:5432/database. In a user name and a password, write @ / ? # and % as %40 %2F %3F %23 and %25.")]
    [InlineData("postgresql://u:a%00b@h/d", "The address of the index must be like postgresql://user@host:5432/database. In a user name and a password, write @ / ? # and % as %40 %2F %3F %23 and %25.")]
    [InlineData("postgresql://u@h/d?host=", "The address of the index must be like postgresql://user@host:5432/database. In a user name and a password, write @ / ? # and % as %40 %2F %3F %23 and %25.")]
    [InlineData("postgresql://u:secret@h/d?schema=A-B", "The schema of the index must consist of a-z, 0-9 and _, and must not begin with a digit.")]
    [InlineData("postgresql://u:secret@h/d?sslmode=on", "sslmode must be disable, allow, prefer, require, verify-ca or verify-full.")]
    [InlineData("mysql://u:secret@h/d", "The address of the index must be like postgresql://user@host:5432/database. In a user name and a password, write @ / ? # and % as %40 %2F %3F %23 and %25.")]
    public async Task A_wrong_address_is_explained_without_the_password(string address, string message)
    {
        await using var directory = new HubDirectory();
        Assert.Equal(message, (await Assert.ThrowsAsync<FormatException>(() => directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = address }))).Message);
    }

    [PostgresFact]
    public async Task A_database_that_cannot_be_reached_is_named_without_the_password()
    {
        await using var directory = new HubDirectory();
        var error = await Assert.ThrowsAsync<HubUnavailableException>(() => directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = $"postgresql://u:secret@127.0.0.1:{ChildServer.FreePort()}/d?connect_timeout=2" }));
        Assert.StartsWith("The index postgresql://127.0.0.1:", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<int> StatusAsync(Uri address)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(address);
        return (int)response.StatusCode;
    }

    // A long text that PostgreSQL cannot compress.
    private static string RandomText(int length)
    {
        var random = new Random(5);
        return string.Concat(Enumerable.Range(0, length).Select(_ => (char)random.Next('a', 'z' + 1)));
    }

    private static async Task<HubDirectory> FilledAsync()
    {
        var directory = new HubDirectory();
        directory.WriteDataset("crops", "crops_c", "one", "two", "three");
        directory.Write("crops/crops_c/one/data.json", "[1]");
        directory.Write("crops/crops_c/one/broken.json", "{");
        directory.Write("crops/._odd", "x");
        directory.Write("crops/crops_c/model.json", HubDirectory.Item("model", "crops_models").Replace("\"type\":\"Feature\"", "\"type\":\"Feature\",\"stac_extensions\":[\"https://stac-extensions.github.io/ml-model/v1.0.0/schema.json\"]", StringComparison.Ordinal));
        directory.WriteTarball(
            "far_labels.tar.gz",
            ("far_labels/collection.json", HubDirectory.Collection("far_labels")),
            ("far_labels/a/stac.json", HubDirectory.Item("a", "far_labels", ("labels", "labels.geojson"))),
            ("far_labels/a/labels.geojson", "{}"));
        directory.WriteTarball(
            "plain.tar.gz",
            ("plain/catalog.json", HubDirectory.Catalog("plain")),
            ("plain/plain_c/collection.json", HubDirectory.Collection("plain_c")),
            ("plain/plain_c/i/i.json", HubDirectory.Item("i", "plain_c", ("image", "https://example.org/i.tif"))));
        await File.WriteAllTextAsync(directory.Place("datasets.json"), """[{"id":"far","title":"Far","doi":"10.1/far","collections":[{"id":"far_labels","types":["labels"]}]}]""");
        return directory;
    }

    // Everything that a hub says, as lines.
    private static async Task<string[]> AnswersAsync(IndexedHub hub)
    {
        var lines = new List<string>();
        lines.AddRange((await hub.ListDatasetsAsync(new HubDatasetQuery(), default)).Select(dataset => dataset.GetRawText()));
        lines.AddRange((await hub.ListModelsAsync(default)).Select(model => model.Json.GetRawText()));
        lines.AddRange((await hub.ListLeftOutAsync()).Select(file => $"{file.Path}: {file.Reason}"));
        foreach (var collection in hub.Collections.OrderBy(collection => collection.Id, StringComparer.Ordinal))
        {
            lines.Add(JsonSerializer.Serialize(collection));
            lines.Add((await hub.FindCollectionAsync(collection.Id, default))?.GetRawText() ?? "");
            var page = await hub.ListItemsAsync(new HubItemQuery { Limit = 100, Collections = [collection.Id] }, default);
            lines.AddRange(page.Items.Select(item => item.Json.GetRawText()));
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{page.Matched}"));
            lines.Add((await hub.FindArchiveAsync(collection.Id, default))?.File.ETag ?? "");
            foreach (var item in page.Items.Select(item => item.Json))
            {
                lines.Add((await hub.FindItemAsync(collection.Id, item.GetProperty("id").GetString()!, default))!.Json.GetRawText());
                foreach (var asset in item.GetProperty("assets").EnumerateObject())
                {
                    lines.Add((await hub.FindFileAsync(asset.Value.GetProperty("href").GetString()!.Split('/'), default))?.ETag ?? "");
                }
            }
        }

        foreach (var path in new[] { "files/crops/crops_c/one/data.json", "files/crops/crops_c/one/one.json", "files/crops/crops_c/one/broken.json", "files/far_labels.tar.gz/far_labels/a/labels.geojson" })
        {
            lines.Add($"{path}: {(await hub.FindFileAsync(path.Split('/'), default))?.Length}");
        }

        lines.Add(Convert.ToHexString((await hub.FindCatalogAsync("crops", new Uri("http://hub/"), default))!.File.Md5!));
        return [.. lines];
    }

    private static async Task<string[]> IdsAsync(DirectoryHub hub, string collection) =>
        [.. (await hub.ListItemsAsync(new HubItemQuery { Limit = 100, Collections = [collection] }, default)).Items.Select(item => item.Json.GetProperty("id").GetString()!)];

    // Another version is seen after a second.
    private static async Task EventuallyAsync(Func<Task<bool>> isTrue)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isTrue())
        {
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>A hub that stops in the middle of indexing until it may go on.</summary>
    private sealed class BusyIndexer(HubDirectory directory, string database) : IProgress<IndexProgress>
    {
        private readonly TaskCompletionSource _busy = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _mayGoOn = new();
        private Task<DirectoryHub>? _opening;

        public Task BeginAsync()
        {
            // Progress is reported for a tarball with several items.
            directory.WriteTarball(
                "busy.tar.gz",
                ("busy/collection.json", HubDirectory.Collection("busy")),
                ("busy/1/stac.json", HubDirectory.Item("1", "busy")),
                ("busy/2/stac.json", HubDirectory.Item("2", "busy")));
            _opening = Task.Run(() => directory.OpenAsync(new DirectoryHubOptions { IndexDatabase = database, IndexDirectory = directory.Place(".other"), Progress = this }));
            return _busy.Task;
        }

        public async Task EndAsync()
        {
            _mayGoOn.SetResult();
            await _opening!;
        }

        public void Report(IndexProgress value)
        {
            _busy.TrySetResult();
            _mayGoOn.Task.Wait();
        }
    }
}
