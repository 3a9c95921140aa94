using System.Text.Json;

namespace MlHub.Cli.Tests;

/// <summary><c>--hub</c> runs a command against a hub definition, and <c>mlhub serve --hub</c> serves one.</summary>
public sealed class HubTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public HubTests()
    {
        foreach (var path in (string[])["data/01/20190606/B02.tif", "data/02/20190606/B02.tif", "readme.txt"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_directory[$"crops/{path}"])!);
            File.WriteAllText(_directory[$"crops/{path}"], path);
        }

        File.WriteAllText(Definition, """
            { "id": "crops", "datasets": [ { "id": "crops", "title": "Crops", "place": { "type": "directory", "path": "crops" }, "collections": [
              { "id": "crops_source", "items": [ "data/{tile}/{date}/{band}.tif" ] } ] } ] }
            """);
    }

    private string Definition => _directory["crops.hub.json"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_command_runs_against_a_definition()
    {
        var datasets = (await Mlhub.RunAsync("--hub", Definition, "datasets", "list")).Quietly();
        var items = (await Mlhub.RunAsync("items", "list", "crops_source", "--format", "jsonl", "--hub", Definition)).Quietly();
        var download = (await Mlhub.RunAsync("--hub", Definition, "assets", "download", "crops", "--output", _directory["out"])).Quietly();

        Assert.Equal(["crops\tCrops\t1"], datasets.Lines);
        Assert.Equal(["crops_source_01_20190606", "crops_source_02_20190606"], items.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()));
        Assert.Contains("Downloaded\t2", download.Lines);
        Assert.Equal("data/02/20190606/B02.tif", await File.ReadAllTextAsync(_directory["out/crops/crops_source/crops_source_02_20190606/B02.tif"]));
    }

    [Fact]
    public async Task A_check_lists_what_would_be_served_and_what_not()
    {
        var outcome = (await Mlhub.RunAsync("serve", "--hub", Definition, "--check", "--index", _directory["index"])).Quietly();

        Assert.Equal(["yes\tcrops_source\tcrops\tsource_imagery\t2\t\t", "no\tcrops/readme.txt\t\t\t\t\tno template of the definition matches its path"], outcome.Lines);
        Assert.True(File.Exists(_directory["index/index.db"]));
    }

    [Fact]
    public async Task Refresh_compares_the_hub_with_its_files_again_and_again()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var serve = await RunningServe.StartAsync(clock, "--hub", Definition, "--index", _directory["index"], "--no-key", "--refresh", "10");
        foreach (var tile in (string[])["03", "04"])
        {
            var item = $"/mlhub/v1/collections/crops_source/items/crops_source_{tile}_20190606";
            Assert.Equal(404, await serve.StatusAsync(item));
            Directory.CreateDirectory(_directory[$"crops/data/{tile}/20190606"]);
            await File.WriteAllTextAsync(_directory[$"crops/data/{tile}/20190606/B02.tif"], tile);

            // The next comparison begins when the one before it has ended.
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (await serve.StatusAsync(item) != 200)
            {
                clock.Advance(TimeSpan.FromMinutes(10));
                await Task.Delay(20, patience.Token);
            }
        }
    }

    [Fact]
    public async Task Doctor_says_where_the_hub_comes_from()
    {
        var outcome = await Mlhub.RunAsync("--hub", Definition, "doctor");

        Assert.Contains("(from --hub)", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--hub: there is no file 'source-cop', and no known hub of this name. Did you mean source-coop?", "--hub", "source-cop", "datasets", "list")]
    [InlineData("--hub: there is no file 'nothing.json', and no known hub of this name. The known hubs are: azure-mlhub, rapidai4eo, source-coop.", "--hub", "nothing.json", "datasets", "list")]
    [InlineData("--sandbox and --hub are two hubs: leave out one of them.", "--hub", "source-coop", "--sandbox", "datasets", "list")]
    [InlineData("--hub has its own key and root URL: leave out --api-key, --profile and --root-url.", "--hub", "source-coop", "--profile", "x", "datasets", "list")]
    [InlineData("\"mlhub configure\" only writes the profiles file: leave out --sandbox and --hub.", "--hub", "source-coop", "configure")]
    [InlineData("DIR and --hub are two hubs: leave out one of them.", "serve", "data", "--hub", "source-coop")]
    [InlineData("--hub must not be empty.", "--hub", "", "datasets", "list")]
    public async Task Wrong_usage_is_explained(string message, params string[] args) =>
        Assert.Contains(message, (await Mlhub.RunAsync(args)).FailedWith(2), StringComparison.Ordinal);

    [Fact]
    public async Task A_definition_that_is_wrong_is_named_with_the_place_in_it()
    {
        await File.WriteAllTextAsync(Definition, """{ "id": "crops", "datasets": [ { "id": "crops" } ] }""");

        var outcome = await Mlhub.RunAsync("--hub", Definition, "datasets", "list");

        Assert.Equal($"mlhub: --hub: '{Definition}' is not a hub definition: datasets[0].place is missing: it says where the files of the dataset are.", outcome.FailedWith(2).TrimEnd());
    }

    [Fact]
    public async Task A_hub_that_cannot_be_reached_is_an_error_and_later_a_warning()
    {
        const string Elsewhere = """
            { "id": "crops", "datasets": [
              { "id": "crops", "place": { "type": "directory", "path": "crops" }, "collections": [ { "id": "crops_source", "items": [ "data/{tile}/{date}/{band}.tif" ] } ] },
              { "id": "gone", "place": { "type": "s3", "url": "http://127.0.0.1:9/bucket" } } ] }
            """;
        await File.WriteAllTextAsync(Definition, Elsewhere);

        var partly = await Mlhub.RunAsync("--hub", Definition, "datasets", "list");
        await File.WriteAllTextAsync(_directory["gone.json"], """{ "id": "gone", "datasets": [ { "id": "gone", "place": { "type": "s3", "url": "http://127.0.0.1:9/bucket" } } ] }""");
        var wholly = await Mlhub.RunAsync("--hub", _directory["gone.json"], "datasets", "list");

        Assert.Equal(0, partly.ExitCode);
        Assert.StartsWith("mlhub: warning: the dataset 'gone' cannot be served: http://127.0.0.1:9/bucket cannot be reached: ", partly.Error, StringComparison.Ordinal);
        Assert.StartsWith("crops", partly.Output, StringComparison.Ordinal);
        Assert.Contains("the dataset 'gone' cannot be served", wholly.FailedWith(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_is_served()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var output = new WatchedStream();
        var serving = Mlhub.RunAsync(Mlhub.Pipe with { Output = output }, stop.Token, "serve", "--hub", Definition, "--port", "0", "--api-key", Mlhub.Key);
        var said = await output.FirstWriteAsync().WaitAsync(stop.Token);
        var root = said.Split(' ', '\n').First(word => word.StartsWith("http://", StringComparison.Ordinal));

        var items = await Mlhub.RunAsync("--root-url", root, "--api-key", Mlhub.Key, "items", "list", "crops_source");
        await stop.CancelAsync();
        var outcome = await serving;

        Assert.StartsWith($"Serving '{Definition}' at ", said, StringComparison.Ordinal);
        Assert.Equal(2, items.Quietly().Lines.Length);
        Assert.Equal((0, $"1 files of '{Definition}' are not served: \"mlhub serve --hub {Definition} --check\" says why\n"), (outcome.ExitCode, outcome.Error));
    }
}
