namespace MlHub.Hub.Tests;

/// <summary>The definitions that come with the package make items of the layouts of their datasets. The real buckets cannot be reached from here.</summary>
public sealed class KnownDefinitionTests(AzuriteContainer azurite) : IClassFixture<AzuriteContainer>
{
    // A file of each kind, after what public code says of the layouts.
    private static readonly (string SourceCoop, string Azure, string[] Keys, (string Collection, string Item, string Asset)[] Items)[] Layouts =
    [
        ("radiantearth/african-crops-kenya-02", "kenya-crop-challenge", ["data/0/20190606/0_B02_20190606.tif", "data/0/0_label.tif", "data/0/0_field_id.tif"],
            [("ref_african_crops_kenya_02_source", "ref_african_crops_kenya_02_source_0_20190606", "B02"), ("ref_african_crops_kenya_02_labels", "ref_african_crops_kenya_02_labels_0", "field_id")]),
        ("technoserve/cashews-benin", "technoserve-cashew-benin", ["imagery/00/00_20191105/00_20191105_B02_10m.tif", "labels/00.geojson"],
            [("ts_cashew_benin_source", "ts_cashew_benin_source_20191105", "B02"), ("ts_cashew_benin_labels", "ts_cashew_benin_labels_00", "labels")]),
        ("nasa/marine-debris", "nasa-marine-debris", ["source/20160928_153233_0e16_16816-29821-16.tif", "labels/20160928_153233_0e16_16816-29821-16.npy"],
            [("nasa_marine_debris_source", "nasa_marine_debris_source_20160928_153233_0e16_16816-29821-16", "image_geotiff"), ("nasa_marine_debris_labels", "nasa_marine_debris_labels_20160928_153233_0e16_16816-29821-16", "pixel_bounds")]),
        ("nasa/rwanda-field-boundary-competition", "nasa_rwanda_field_boundary_competition", ["source/train/2021_03/07_B01.tif", "labels/train/07.tif"],
            [("nasa_rwanda_field_boundary_competition_source", "nasa_rwanda_field_boundary_competition_source_train_2021_03_07", "B01"), ("nasa_rwanda_field_boundary_competition_labels", "nasa_rwanda_field_boundary_competition_labels_train_07", "raster_labels")]),
        ("nasa/tropical-storm-competition", "nasa-tropical-storm-challenge", ["train/abs_000.jpg", "training_set_labels.csv"],
            [("nasa_tropical_storm_competition_source", "nasa_tropical_storm_competition_source_train_abs_000", "image"), ("nasa_tropical_storm_competition_labels", "nasa_tropical_storm_competition_labels_training_set_labels", "labels")]),
        ("radiantearth/cloud-cover-detection-challenge", "ref_cloud_cover_detection_challenge_v1/final", ["public/train_features/adwp/B02.tif", "private/test_labels/adxs.tif"],
            [("ref_cloud_cover_detection_challenge_v1_source", "ref_cloud_cover_detection_challenge_v1_source_public_train_adwp", "B02"), ("ref_cloud_cover_detection_challenge_v1_labels", "ref_cloud_cover_detection_challenge_v1_labels_private_test_adxs", "labels")]),
        ("radiantearth/south-africa-crops-competition", "ref-south-africa-crops-competition-v1", ["train/imagery/s2/1234/2017_07_05/1234_2017_07_05_B04_10m.tif", "train/labels/1234.tif"],
            [("ref_south_africa_crops_competition_v1_source", "ref_south_africa_crops_competition_v1_source_train_s2_1234_2017_07_05", "B04"), ("ref_south_africa_crops_competition_v1_labels", "ref_south_africa_crops_competition_v1_labels_train_1234", "labels")]),
        ("radiantearth/agrifieldnet-competition", "ref_agrifieldnet_competition_v1",
            ["source/ref_agrifieldnet_competition_v1_source_1a2b3/ref_agrifieldnet_competition_v1_source_1a2b3_B02_10m.tif", "train_labels/ref_agrifieldnet_competition_v1_labels_train_1a2b3.tif", "train_labels/ref_agrifieldnet_competition_v1_labels_train_1a2b3_field_ids.tif"],
            [("ref_agrifieldnet_competition_v1_source", "ref_agrifieldnet_competition_v1_source_1a2b3", "B02"), ("ref_agrifieldnet_competition_v1_labels", "ref_agrifieldnet_competition_v1_labels_train_1a2b3", "raster_labels"), ("ref_agrifieldnet_competition_v1_labels", "ref_agrifieldnet_competition_v1_labels_train_1a2b3", "field_ids")]),
        ("stanford/sar-moisture-conent", "su-sar-moisture-content", ["train.geojson"], [("su_sar_moisture_content", "su_sar_moisture_content_train", "data")]),
    ];

    // What only Source Cooperative has, or has at other paths.
    private static readonly (string Place, string[] Keys, (string Collection, string Item, string Asset)[] Items)[] OnlySourceCoop =
    [
        ("radiantearth/cloud-cover-detection-challenge", ["final/public/train_features/adwq/B02.tif", "final/public/train_labels/adwq.tif"],
            [("ref_cloud_cover_detection_challenge_v1_source", "ref_cloud_cover_detection_challenge_v1_source_public_train_adwq", "B02"), ("ref_cloud_cover_detection_challenge_v1_labels", "ref_cloud_cover_detection_challenge_v1_labels_public_train_adwq", "labels")]),
        ("radiantearth/african-crops-kenya-01", ["ref_african_crops_kenya_01_tile_001.geojson"], [("ref_african_crops_kenya_01_labels", "ref_african_crops_kenya_01_labels_001", "labels")]),
        ("radiantearth/african-crops-tanzania-01", ["ref_african_crops_tanzania_01_tile_001.geojson", "label/07/07_label.geojson"],
            [("ref_african_crops_tanzania_01_labels", "ref_african_crops_tanzania_01_labels_001", "labels"), ("ref_african_crops_tanzania_01_labels", "ref_african_crops_tanzania_01_labels_chip_07", "labels")]),
        ("stanford/africa-crops-ghana", ["truth/truth_ghana_004039/truth_ghana_004039_label.tif"], [("su_african_crops_ghana_labels", "su_african_crops_ghana_labels_004039", "labels")]),
        ("ramp/ramp", ["ramp_accra_ghana/source/0a1b-2c3d.tif", "ramp_accra_ghana/labels/0a1b-2c3d.geojson"],
            [("ramp_source", "ramp_source_ramp_accra_ghana_0a1b-2c3d", "image"), ("ramp_labels", "ramp_labels_ramp_accra_ghana_0a1b-2c3d", "labels")]),
    ];

    [Fact]
    public async Task Source_Cooperative()
    {
        await using var bucket = await StubBucket.StartAsync();
        foreach (var (place, keys) in Layouts.Select(layout => (layout.SourceCoop, layout.Keys)).Concat(OnlySourceCoop.Select(layout => (layout.Place, layout.Keys))))
        {
            foreach (var key in keys)
            {
                bucket.Put($"{place}/{key}", key);
            }
        }

        bucket.Put("open-cities/ai-challenge/catalog.json", HubDirectory.Catalog("open"));
        bucket.Put("open-cities/ai-challenge/train/one.json", HubDirectory.Item("one", "open_cities_train"));
        var root = bucket.Bucket.AbsoluteUri;

        // The stub is one bucket, whose keys begin with the account.
        var text = await File.ReadAllTextAsync(Repository.Place("src/MlHub.Hub/Definitions/source-coop.json"));
        text = System.Text.RegularExpressions.Regex.Replace(text, "\"url\": \"https://data.source.coop/([^\"]+)\", \"prefix\": \"", match => $"\"url\": \"{root}\", \"prefix\": \"{match.Groups[1].Value}/");
        await using var hubs = new OpenHubs();

        var hub = await hubs.OpenAsync(Definition.Parse(text));

        await HasAllItemsAsync(hub, OnlySourceCoop.SelectMany(layout => layout.Items));
        Assert.Equal(["one"], await OpenHubs.ItemsAsync(hub, "open_cities_train"));
    }

    [AzuriteFact]
    public async Task Azure()
    {
        foreach (var (_, place, keys, _) in Layouts)
        {
            foreach (var key in keys)
            {
                await azurite.PutAsync($"{place}/{key}", key);
            }
        }

        var text = await File.ReadAllTextAsync(Repository.Place("src/MlHub.Hub/Definitions/azure-mlhub.json"));
        await using var hubs = new OpenHubs();

        var hub = await hubs.OpenAsync(Definition.Parse(text.Replace("https://radiantearth.blob.core.windows.net/mlhub", azurite.Container.AbsoluteUri, StringComparison.Ordinal)));

        await HasAllItemsAsync(hub);
    }

    [AzuriteFact]
    public async Task RapidAI4EO()
    {
        const string Place = "rapidai4eo/stac-v1.0";
        await azurite.PutAsync($"{Place}/catalog.json", HubDirectory.Catalog("rapidai4eo_v1"));
        await azurite.PutAsync($"{Place}/rapidai4eo_v1_source_pf/collection.json", HubDirectory.Collection("rapidai4eo_v1_source_pf"));
        await azurite.PutAsync($"{Place}/rapidai4eo_v1_source_pf/33N/33N-15E-200N/one.json", HubDirectory.Item("one", "rapidai4eo_v1_source_pf", ("image", "./one.tif")));
        var text = await File.ReadAllTextAsync(Repository.Place("src/MlHub.Hub/Definitions/rapidai4eo.json"));
        await using var hubs = new OpenHubs();

        var hub = await hubs.OpenAsync(Definition.Parse(text.Replace("https://radiantearth.blob.core.windows.net/mlhub", azurite.Container.AbsoluteUri, StringComparison.Ordinal)));

        Assert.Empty(hub.Problems);
        Assert.EndsWith($"/{Place}/rapidai4eo_v1_source_pf/33N/33N-15E-200N/one.tif", await OpenHubs.HrefAsync(hub, "rapidai4eo_v1_source_pf", "one", "image"), StringComparison.Ordinal);
    }

    private static async Task HasAllItemsAsync(DefinedHub hub, params IEnumerable<(string Collection, string Item, string Asset)> more)
    {
        Assert.Empty(hub.Problems);
        Assert.Empty(await hub.ListLeftOutAsync());
        using var http = new HttpClient();
        foreach (var (collection, item, asset) in Layouts.SelectMany(layout => layout.Items).Concat(more))
        {
            var href = await OpenHubs.HrefAsync(hub, collection, item, asset);
            Assert.EndsWith(await http.GetStringAsync(new Uri(href)), href, StringComparison.Ordinal);
        }
    }
}
