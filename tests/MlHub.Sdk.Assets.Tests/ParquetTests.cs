#pragma warning disable SA1300, IDE1006, CA1812, CA1002 // The names and types are those of the columns; the reader creates the rows.
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Xunit;
using MlHub.Sandbox;
using NetTopologySuite.IO;
using Parquet;
using Parquet.Serialization;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>The table of items, as another library reads it.</summary>
public sealed class ParquetTests
{
    [Fact]
    public async Task The_items_of_the_sandbox_are_rows_with_their_selected_assets()
    {
        await using var sandbox = await MlHubSandbox.StartAsync();
        using var client = new MlHubClient(new MlHubClientOptions { RootUrl = sandbox.RootUrl, ApiKey = sandbox.ApiKey });
        var dataset = await client.Datasets.GetAsync("sandbox_assets_world");
        using var file = new MemoryStream();

        var count = await dataset.WriteStacGeoParquetAsync(file, new DatasetAssetsOptions { Filter = new AssetFilter { Keys = ["image", "B04"] } });

        var rows = (await ParquetSerializer.DeserializeAsync<Row>(file)).Data;
        Assert.Equal(5, count);
        Assert.Equal(["scene_1", "scene_2", "scene_3", "scene_without_box", "scene_without_time"], rows.Select(row => row.id).Order(StringComparer.Ordinal));
        var first = rows.Single(row => row.id == "scene_1");
        Assert.Equal(("sandbox_assets_world_scenes", "1.0.0"), (first.collection, first.stac_version));
        Assert.Equal(new DateTime(2021, 3, 1, 8, 0, 0, DateTimeKind.Utc), first.datetime);
        Assert.EndsWith("/scene_1/image.tif", first.assets!.image!.href, StringComparison.Ordinal);
        Assert.Equal("sandbox_assets_world_scenes/scene_1/B04.tif", first.assets.B04!.LocalPath);
        Assert.Equal(["data"], first.assets.image.roles);
        Assert.Equal((34, 0, 35, 1), (first.bbox!.xmin, first.bbox.ymin, first.bbox.xmax, first.bbox.ymax));
        Assert.Equal("POLYGON", new WKBReader().Read(first.geometry).GeometryType.ToUpperInvariant());

        var second = rows.Single(row => row.id == "scene_2");
        Assert.Null(second.datetime);
        Assert.Equal(new DateTime(2021, 6, 30, 0, 0, 0, DateTimeKind.Utc), second.end_datetime);
        Assert.Equal((179, -179), (second.bbox!.xmin, second.bbox.xmax));
        Assert.Null(rows.Single(row => row.id == "scene_3").assets!.B04?.href);
        Assert.Equal(34, rows.Single(row => row.id == "scene_without_box").bbox!.xmin);
    }

    [Fact]
    public async Task The_metadata_names_the_geometry_its_box_and_the_collections()
    {
        var hub = new FakeHub(new Catalogue()
            .AddCollection("c", "legend")
            .AddCollection("d")
            .AddItem("c", "1", ["B02"], item => item["geometry"] = JsonNode.Parse("""{"type": "Point", "coordinates": [1, 2]}"""))
            .AddItem("c", "2", ["B02"], item => item["geometry"] = JsonNode.Parse("""{"type": "LineString", "coordinates": [[3, 4], [5, 6]]}""")));

        var metadata = await MetadataAsync(hub);

        var geo = JsonElement.Parse(metadata["geo"]);
        var column = geo.GetProperty("columns").GetProperty("geometry");
        Assert.Equal(("1.1.0", "geometry", "WKB"), (geo.GetProperty("version").GetString(), geo.GetProperty("primary_column").GetString(), column.GetProperty("encoding").GetString()));
        Assert.Equal("""["LineString","Point"]""", column.GetProperty("geometry_types").GetRawText());
        Assert.Equal("[1,2,5,6]", column.GetProperty("bbox").GetRawText());
        Assert.Equal("""["bbox","xmin"]""", column.GetProperty("covering").GetProperty("bbox").GetProperty("xmin").GetRawText());
        Assert.Equal(["c"], JsonElement.Parse(metadata["stac-geoparquet"]).GetProperty("collections").EnumerateObject().Select(collection => collection.Name));
    }

    [Fact]
    public async Task Properties_become_columns_of_their_type_or_the_text_of_their_JSON()
    {
        var hub = new FakeHub(new Catalogue()
            .AddItem("c", "1", ["B02"], item => item["properties"] = JsonNode.Parse("""{"datetime": null, "whole": 1, "number": 1, "yes": true, "mixed": 1, "empty": {}, "list": [[1], []], "id": "other", "never": null, "created": "2020-01-01T00:00:00Z", "nested": {"a": {"b": [{"c": "x"}]}}}"""))
            .AddItem("c", "2", ["B02"], item => item["properties"] = JsonNode.Parse("""{"datetime": "odd", "whole": 2, "number": 1.5, "yes": false, "mixed": "x", "list": [[2, 3]]}""")));

        var schema = await SchemaAsync(hub);

        Assert.Equal("id String; collection String; stac_version String; stac_extensions/list/element String; geometry Bytes; bbox/xmin Double; bbox/ymin Double; bbox/xmax Double; bbox/ymax Double; "
            + "links/list/element/href String; links/list/element/rel String; links/list/element/type String; links/list/element/title String; assets/B02/href String; assets/B02/type String; assets/B02/file:local_path String; "
            + "datetime String; start_datetime DateTime; end_datetime DateTime; whole Int64; number Double; yes Boolean; mixed String; empty String; list/list/element/list/element Int64; properties.id String; never String; "
            + "created DateTime; nested/a/b/list/element/c String", schema);
    }

    [Fact]
    public async Task Keys_without_end_are_the_text_of_their_JSON()
    {
        var hub = new FakeHub(new Catalogue().AddItem("c", "1", [.. Enumerable.Range(0, 301).Select(number => $"B{number}")]));

        Assert.Contains("assets String; ", await SchemaAsync(hub), StringComparison.Ordinal);
    }

    /// <summary>Whatever lists and nulls the items have, and however many they are: the reader sees what was written.</summary>
    [Property(MaxTest = 20)]
    public async Task What_is_read_is_what_was_written(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var file = Path.GetTempFileName();
        try
        {
            var expected = Enumerable.Range(0, random.Next(1, 300)).Select(number => Text(random, number)).ToArray();
            await File.WriteAllLinesAsync(file, expected.Select(row => row.Json));
            using var table = new MemoryStream();

            await new FakeHub(new Catalogue()).Dataset().WriteStacGeoParquetAsync(table, new DatasetAssetsOptions { ItemsFile = file });

            var rows = (await ParquetSerializer.DeserializeAsync<RandomRow>(table)).Data;
            Assert.Equal(
                expected.Select(row => $"{row.Id} {Show(row.Texts)} {row.Flag} {row.Count}"),
                rows.Select(row => $"{row.id} {Show(row.texts)} {row.flag} {row.count}"));
        }
        finally
        {
            File.Delete(file);
        }

        // Parquet.Net reads an empty list as null, and leaves out nulls in a list.
        static string Show(IEnumerable<string?>? texts) => string.Join(',', (texts ?? []).OfType<string>());
    }

    private static (string Json, string Id, string?[]? Texts, bool? Flag, long? Count) Text(Random random, int number)
    {
        // The first row has values, so that the columns have their types.
        var texts = number > 0 && random.Next(3) == 0 ? null : Enumerable.Range(0, number == 0 ? 1 : random.Next(4)).Select(_ => number > 0 && random.Next(3) == 0 ? null : $"t{random.Next(100)}").ToArray();
        bool? flag = number > 0 && random.Next(3) == 0 ? null : random.Next(2) == 0;
        long? count = number > 0 && random.Next(3) == 0 ? null : random.NextInt64();
        var properties = new JsonObject { ["texts"] = texts is null ? null : new JsonArray([.. texts.Select(text => (JsonNode?)text)]), ["flag"] = flag, ["count"] = count };
        return (new JsonObject
        {
            ["type"] = "Feature",
            ["id"] = $"{number}",
            ["properties"] = properties,
            ["assets"] = new JsonObject { ["a"] = new JsonObject { ["href"] = "https://files.test/a.tif" } },
        }.ToJsonString(), $"{number}", texts, flag, count);
    }

    private static async Task<string> SchemaAsync(FakeHub hub)
    {
        await using var reader = await ReaderAsync(hub);
        return string.Join("; ", reader.Schema.GetDataFields().Select(column => $"{column.Path} {NameOf(column.ClrType)}"));

        static string NameOf(Type type) => !type.IsGenericType ? type.Name : type.GenericTypeArguments[0] == typeof(char) ? "String" : "Bytes";
    }

    private static async Task<IReadOnlyDictionary<string, string>> MetadataAsync(FakeHub hub)
    {
        await using var reader = await ReaderAsync(hub);
        return reader.CustomMetadata;
    }

    private static async Task<ParquetReader> ReaderAsync(FakeHub hub)
    {
        var file = new MemoryStream();
        await hub.Dataset().WriteStacGeoParquetAsync(file);
        return await ParquetReader.CreateAsync(file, leaveStreamOpen: false);
    }

    internal sealed class Row
    {
        public string? id { get; set; }

        public string? collection { get; set; }

        public string? stac_version { get; set; }

        public byte[]? geometry { get; set; }

        public Box? bbox { get; set; }

        public Assets? assets { get; set; }

        public DateTime? datetime { get; set; }

        public DateTime? end_datetime { get; set; }
    }

    internal sealed class RandomRow
    {
        public string? id { get; set; }

        public List<string?>? texts { get; set; }

        public bool? flag { get; set; }

        public long? count { get; set; }
    }

    internal sealed class Box
    {
        public double? xmin { get; set; }

        public double? ymin { get; set; }

        public double? xmax { get; set; }

        public double? ymax { get; set; }
    }

    internal sealed class Assets
    {
        public AssetOfRow? image { get; set; }

        public AssetOfRow? B04 { get; set; }
    }

    internal sealed class AssetOfRow
    {
        public string? href { get; set; }

        [System.Text.Json.Serialization.JsonPropertyName("file:local_path")]
        public string? LocalPath { get; set; }

        public List<string>? roles { get; set; }
    }
}
