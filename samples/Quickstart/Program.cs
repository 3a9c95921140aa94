using MlHub.Sdk;

using var client = new MlHubClient();   // API key and root URL: MLHUB_API_KEY and MLHUB_ROOT_URL, or ~/.mlhub/profiles
await foreach (var listed in client.Datasets.ListAsync())
    Console.WriteLine($"{listed.Id}: {listed.Title}");

var dataset = await client.Datasets.GetAsync("sandbox_crops_kenya");
foreach (var collection in await dataset.GetCollectionsAsync())
    await foreach (var item in collection.ListItemsAsync(new ItemQuery { Limit = 3 }))
        Console.WriteLine($"{item.Id} has the files {string.Join(", ", item.Assets.Keys)}");
foreach (var archive in await dataset.DownloadAsync("data"))
    Console.WriteLine($"{archive.Path}, verified by {archive.Verified}");
