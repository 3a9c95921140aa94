// Uses the packages as a service does, as native code. CI publishes it without a warning, runs it, and compares what it prints with expected.txt.
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlHub.Sandbox;
using MlHub.Sdk;

var output = Directory.CreateTempSubdirectory("mlhub-aot-").FullName;
await using var hub = await MlHubSandbox.StartAsync();

var activities = 0;
using var listener = new ActivityListener
{
    ShouldListenTo = source => source.Name == "MlHub.Sdk",
    Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
    ActivityStopped = _ => Interlocked.Increment(ref activities),
};
ActivitySource.AddActivityListener(listener);
var bytes = 0L;
using var meters = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Name == "mlhub.download.bytes") { self.EnableMeasurementEvents(instrument); } } };
meters.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref bytes, count));
meters.Start();

var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["MlHub:RootUrl"] = hub.RootUrl.ToString(),
    ["MlHub:ApiKey"] = hub.ApiKey,
    ["MlHub:Home"] = output,
    ["MlHub:Transfer:StallTimeout"] = "00:00:20",
    ["MlHub:Transfer:RetryBaseDelay"] = "00:00:00",
});
builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
builder.Services.AddMlHubClient();
builder.Services.AddHealthChecks().AddMlHubHealthCheck();
using var host = builder.Build();
await host.StartAsync();
var client = host.Services.GetRequiredService<MlHubClient>();

await foreach (var listed in client.Datasets.ListAsync())
{
    Console.WriteLine($"dataset {listed.Id}: {listed.Title}");
}

var dataset = await client.Datasets.GetAsync("sandbox_crops_kenya");
Console.WriteLine($"got {dataset.Id} with {dataset.Collections.Count} collections");
await foreach (var item in client.Collections.ListItemsAsync("sandbox_crops_kenya_s2", new ItemQuery { Limit = 2 }))
{
    Console.WriteLine($"item {item.Id} has {string.Join(", ", item.Assets.Keys)}, JSON {item.ToJson().Length > 100}");
}

var point = AssetFilter.ReadGeoJson("""{"type": "Point", "coordinates": [34.21, 0.17]}""");
await foreach (var item in client.Items.SearchAsync(new ItemSearch { Collections = ["sandbox_crops_kenya_s2"], Intersects = point, Filter = "eo:cloud_cover < 100", SortBy = ["id"], Limit = 1 }))
{
    Console.WriteLine($"found {item.Id}");
}

hub.FailNext(503, times: 2);
hub.CutAfter(bytes: 50_000);
foreach (var archive in await dataset.DownloadAsync(output))
{
    Console.WriteLine($"downloaded {Path.GetFileName(archive.Path)}, verified by {archive.Verified}");
}

var area = AssetFilter.ReadGeoJson("""{"type": "Point", "coordinates": [32.1, -1]}""");
var assets = await (await client.Datasets.GetAsync("sandbox_assets_world")).DownloadAssetsAsync(
    output, new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["image", "raw"], Roles = ["data"], Intersects = area } });
Console.WriteLine($"assets: {assets.Downloaded} of {assets.Selected}, {assets.RefusedCount} entries left out");

await using (var stream = await client.OpenReadAsync(new Uri(hub.RootUrl, $"archive/sandbox_crops_kenya_s2?key={hub.ApiKey}")))
{
    Console.WriteLine($"a remote archive begins with {stream.ReadByte():x2}{stream.ReadByte():x2}");
}

var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
Console.WriteLine($"health {health.Status}, activities counted {activities >= 6}, bytes counted {bytes > 100_000}");

// A wrong setting ends the start.
builder = Host.CreateEmptyApplicationBuilder(null);
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["MlHub:ApiKey"] = hub.ApiKey, ["MlHub:Transfer:MaxRetries"] = "-1" });
builder.Services.AddMlHubClient();
using var wrong = builder.Build();
try
{
    await wrong.StartAsync();
}
catch (Exception error)
{
    Console.WriteLine($"refused: {error.Message}");
}

await host.StopAsync();
Directory.Delete(output, recursive: true);
