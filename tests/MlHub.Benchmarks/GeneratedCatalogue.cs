using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace MlHub.Benchmarks;

/// <summary>A dataset with many items, for measurements: the same arguments make the same bytes. Any web server that serves the directory is a hub with this dataset.</summary>
/// <param name="items">The number of items.</param>
/// <param name="keys">The number of assets of each item.</param>
/// <param name="size">The size of each asset, in bytes. With 0, no files are made.</param>
/// <param name="seed">Decides places, times and the content of files.</param>
internal sealed class GeneratedCatalogue(int items, int keys, int size, int seed)
{
    private const string Dataset = "generated";
    private const string Collection = "generated_source";
    private const double CellSize = 0.05;
    private static readonly DateTime FirstDay = new(2018, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Writes <c>datasets/generated</c>, <c>catalog/generated</c> and the assets.</summary>
    /// <param name="root">The address of the directory, with a slash at the end.</param>
    /// <param name="directory">The directory.</param>
    internal void Write(Uri root, string directory)
    {
        var random = new Random(seed);
        Directory.CreateDirectory(Path.Combine(directory, "datasets"));
        Directory.CreateDirectory(Path.Combine(directory, "catalog"));
        File.WriteAllText(
            Path.Combine(directory, "datasets", Dataset),
            $$"""{"id": "{{Dataset}}", "title": "Generated", "collections": [{"id": "{{Collection}}", "types": ["source_imagery"]}], "registry": "", "doi": null, "citation": null}""");
        using var file = File.Create(Path.Combine(directory, "catalog", Dataset));
        using var gzip = new GZipStream(file, CompressionLevel.Optimal);
        using var tar = new TarWriter(gzip, TarEntryFormat.Ustar);
        Add(tar, $"{Dataset}/catalog.json", $$"""{"type": "Catalog", "stac_version": "1.0.0", "id": "{{Dataset}}", "description": "Generated", "links": [{"rel": "child", "href": "{{Collection}}/collection.json"}]}""");
        Add(tar, $"{Dataset}/{Collection}/collection.json", $$$"""{"type": "Collection", "stac_version": "1.0.0", "id": "{{{Collection}}}", "description": "Generated", "license": "CC-BY-4.0", "extent": {"spatial": {"bbox": [[-180, -60, 180, 70]]}, "temporal": {"interval": [["2018-01-01T00:00:00Z", null]]}}, "links": [], "assets": {}}""");
        var content = new byte[size];
        for (var number = 0; number < items; number++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{Collection}_{number:000000}");
            Add(tar, $"{Dataset}/{Collection}/{id}/{id}.json", Item(random, root, id));
            for (var key = 0; key < keys && size > 0; key++)
            {
                random.NextBytes(content);
                var path = Path.Combine(directory, "files", id, $"B{key:00}.tif");
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, content);
            }
        }
    }

    private string Item(Random random, Uri root, string id)
    {
        var (west, south) = ((random.NextDouble() * 359) - 180, (random.NextDouble() * 130) - 60);
        var (east, north) = (west + CellSize, south + CellSize);
        var time = FirstDay.AddMinutes(random.Next(2_000_000));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""{"type": "Feature", "stac_version": "1.0.0", "stac_extensions": [], "id": "{{id}}", "collection": "{{Collection}}", """);
        text.Append(CultureInfo.InvariantCulture, $$""" "bbox": [{{west}}, {{south}}, {{east}}, {{north}}], "geometry": {"type": "Polygon", "coordinates": [[[{{west}}, {{south}}], [{{east}}, {{south}}], [{{east}}, {{north}}], [{{west}}, {{north}}], [{{west}}, {{south}}]]]}, """);
        text.Append(CultureInfo.InvariantCulture, $$""" "properties": {"datetime": "{{time:yyyy-MM-dd'T'HH:mm:ss'Z'}}", "eo:cloud_cover": {{random.Next(100)}}, "proj:epsg": 32736}, """);
        text.Append(CultureInfo.InvariantCulture, $$""" "links": [{"rel": "collection", "href": "../collection.json"}, {"rel": "root", "href": "../../catalog.json"}], "assets": {""");
        for (var key = 0; key < keys; key++)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""{{(key == 0 ? "" : ", ")}}"B{{key:00}}": {"href": "{{root}}files/{{id}}/B{{key:00}}.tif", "title": "Band {{key}}", "type": "image/tiff; application=geotiff", "roles": ["data"]}""");
        }

        return text.Append("}}").ToString();
    }

    private static void Add(TarWriter tar, string name, string content) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)), ModificationTime = FirstDay });
}
