using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using MlHub.Sdk;

namespace MlHub.Hub.Tests;

/// <summary>Places that only their owner may read: the hub signs their addresses.</summary>
public sealed class SignedPlaceTests(AzuriteContainer azurite, S3Server s3) : IClassFixture<AzuriteContainer>, IClassFixture<S3Server>
{
    static SignedPlaceTests()
    {
        Environment.SetEnvironmentVariable("AZURE_STORAGE_ACCOUNT", AzuriteServer.Account);
        Environment.SetEnvironmentVariable("AZURE_STORAGE_KEY", AzuriteServer.AccountKey);
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "S3RVER");
    }

    [AzuriteFact]
    public async Task Clients_download_from_a_private_container_by_short_lived_addresses()
    {
        var container = await azurite.CreatePrivateAsync("private", Definition.Files.Append(("data/ü & 100%/20190606/B02.tif", "odd")));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using (var refused = await http.GetAsync(new Uri($"{container}/labels/01.tif")))
        {
            Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
        }

        var signature = await DownloadAsync($$"""{ "type": "azure-blob", "url": "{{container}}", "signed": true }""", 11);
        Assert.Contains("sp=r&", signature, StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, new Uri($"{container}/labels/01.tif{signature}")));
    }

    [S3Fact]
    public async Task Clients_download_from_a_bucket_by_signed_addresses()
    {
        foreach (var (key, content) in Definition.Files)
        {
            await s3.PutAsync($"signed/{key}", content);
        }

        var signature = await DownloadAsync($$"""{ "type": "s3", "url": "{{s3.Bucket}}", "prefix": "signed/", "signed": true }""", 10);
        Assert.Contains("X-Amz-Expires=3600&", signature, StringComparison.Ordinal);
    }

    [S3Fact]
    public async Task Addresses_of_S3_are_signed_as_Amazons_own_library_does_it()
    {
        await s3.PutAsync("odd/labels/a b+c.tif", "x");
        await using var hubs = new OpenHubs();
        var client = await hubs.ConnectAsync(await hubs.OpenAsync(Definition.Crops($$"""{ "type": "s3", "url": "{{s3.Bucket}}", "prefix": "odd/", "signed": true }""")));
        var item = await client.Collections.GetItemAsync("crops_labels", "crops_labels_a b+c");
        using var amazon = new AmazonS3Client("S3RVER", "S3RVER", new AmazonS3Config { ServiceURL = s3.Bucket.GetLeftPart(UriPartial.Authority), ForcePathStyle = true, AuthenticationRegion = "us-east-1" });

        // Both take the time of the clock, in seconds.
        Uri ours, theirs;
        do
        {
            ours = await RedirectAsync(new Uri(item.Assets["data"].Href!));
            theirs = new Uri(await amazon.GetPreSignedURLAsync(new GetPreSignedUrlRequest { BucketName = "datasets", Key = "odd/labels/a b+c.tif", Expires = DateTime.UtcNow.AddHours(1), Protocol = Protocol.HTTP }));
        }
        while (Parameter(ours, "X-Amz-Date") != Parameter(theirs, "X-Amz-Date") || Parameter(ours, "X-Amz-Expires") != Parameter(theirs, "X-Amz-Expires"));

        Assert.Equal(Parameters(theirs), Parameters(ours));
    }

    [S3Fact]
    public async Task Without_credentials_the_missing_variable_is_named()
    {
        await using var hubs = new OpenHubs();
        Environment.SetEnvironmentVariable("AZURE_STORAGE_KEY", null);
        try
        {
            var error = await Assert.ThrowsAnyAsync<IOException>(() => hubs.OpenAsync(Definition.Crops("""{ "type": "azure-blob", "url": "https://account.blob.core.windows.net/c", "signed": true }""")));
            Assert.Equal("a place with \"signed\" needs the key of the storage account in the variable AZURE_STORAGE_KEY", error.Message);
        }
        finally
        {
            Environment.SetEnvironmentVariable("AZURE_STORAGE_KEY", AzuriteServer.AccountKey);
        }
    }

    [AzuriteFact]
    public async Task Only_who_has_a_key_gets_links_to_private_files()
    {
        var container = await azurite.CreatePrivateAsync(
            "stac",
            [
                ("catalog.json", HubDirectory.Catalog("crops")),
                ("c/collection.json", HubDirectory.Collection("crops_c").Replace("\"links\":[]", "\"links\":[],\"assets\":{\"readme\":{\"href\":\"./readme.pdf\"}}", StringComparison.Ordinal)),
                ("c/readme.pdf", "secret"),
                ("c/m/m.json", HubDirectory.Item("m", "crops_c", ("model", "./model.bin")).Replace("\"type\":\"Feature\"", "\"type\":\"Feature\",\"stac_extensions\":[\"https://stac-extensions.github.io/ml-model/v1.0.0/schema.json\"]", StringComparison.Ordinal)),
                ("c/m/model.bin", "secret"),
            ]);
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Stac($$"""{ "type": "azure-blob", "url": "{{container}}", "signed": true }"""));
        var client = await hubs.ConnectAsync(hub);
        using var http = new HttpClient();

        foreach (var open in new[] { "collections/crops_c", "collections", "models", "models/m", "datasets" })
        {
            Assert.DoesNotContain("/signed/", await http.GetStringAsync(new Uri(client.RootUrl, open)), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, new Uri(client.RootUrl, "catalog/crops")));
        await using var output = new HubDirectory();
        await client.Catalogs.DownloadAsync("crops", output.Path);
        await (await client.Datasets.GetAsync("crops")).DownloadAssetsAsync(output.Path);
        Assert.Equal("secret", await File.ReadAllTextAsync(output.Place("crops/crops_c/m/model.bin")));
    }

    // Downloads everything, and returns a signed address.
    private static async Task<string> DownloadAsync(string place, int files)
    {
        await using var output = new HubDirectory();
        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Crops(place));
        var client = await hubs.ConnectAsync(hub);

        var item = await client.Collections.GetItemAsync("crops_source", "crops_source_01_20190606");
        var assets = await (await client.Datasets.GetAsync("crops")).DownloadAssetsAsync(output.Path);
        var archive = await client.Archives.DownloadAsync("crops_source", output.Path);

        Assert.Equal((files, 0), (assets.Downloaded, assets.Failed));
        Assert.Equal("01 20190606 B02", await File.ReadAllTextAsync(output.Place("crops/crops_source/crops_source_01_20190606/B02.tif")));
        Assert.Equal("an archive", await File.ReadAllTextAsync(archive.Path));

        // The link in the item has no signature and does not expire. Nobody can guess it, and it is good for this file only.
        var link = new Uri(item.Assets["B02"].Href!);
        Assert.Empty(link.Query);
        Assert.StartsWith($"http://{client.RootUrl.Authority}/storage/mlhub/signed/", link.AbsoluteUri, StringComparison.Ordinal);
        var token = link.Segments[4].Trim('/');
        Assert.Equal(32, token.Length);
        var storage = $"http://{client.RootUrl.Authority}/storage/mlhub";
        foreach (var wrong in new[]
        {
            $"{storage}/files/crops/data/01/20190606/B02.tif", $"{storage}/archives/crops_source.tar.gz", $"{storage}/signed/{token}/crops/data/01/20190606/B04.tif",
            $"{storage}/signed/{token[..^1]}/crops/data/01/20190606/B02.tif", $"{storage}/signed/crops/data/01/20190606/B02.tif",
            $"{storage}/files/crops%2Fdata/01/20190606/B02.tif", $"{storage}/files/crops%2Fdata%2F01%2F20190606/B02.tif", $"{storage}/files//crops/data/01/20190606/B02.tif",
            $"{storage}/signed/{token}/crops%2Fdata/01/20190606/B04.tif", $"{storage}/catalogs/crops.tar.gz",
        })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Get, new Uri(wrong)));
        }

        // A signed address is good for GET. The hub answers HEAD itself.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Head, link));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Head, new Uri(client.RootUrl, $"archive/crops_source?key={Uri.EscapeDataString(hubs.LastServer!.ApiKey)}")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, new Uri(client.RootUrl, "archive/crops_source")));
        var address = await RedirectAsync(link);
        using var http = new HttpClient();
        Assert.Equal("01 20190606 B02", await http.GetStringAsync(address));
        return address.Query;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpMethod method, Uri address)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(method, address);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<Uri> RedirectAsync(Uri address)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await http.GetAsync(address);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        return response.Headers.Location!;
    }

    private static string[] Parameters(Uri address) => [address.AbsolutePath, .. address.Query.TrimStart('?').Split('&').Order(StringComparer.Ordinal)];

    private static string Parameter(Uri address, string name) =>
        address.Query.TrimStart('?').Split('&').Select(parameter => parameter.Split('=')).Single(parameter => parameter[0] == name)[1];
}
