using System.Text;

namespace MlHub.Hub.Tests;

/// <summary>Definitions for tests.</summary>
internal static class Definition
{
    /// <summary>A dataset <c>crops</c> with tiles, dates and bands, and labels.</summary>
    /// <param name="place">The place, as JSON.</param>
    /// <param name="more">More members of the dataset, as JSON with a comma at the end.</param>
    public static HubDefinition Crops(string place, string more = "") => Parse(
        $$"""
        {
          "id": "test",
          "datasets": [
            {
              "id": "crops", "title": "Crops", "doi": "10.5555/crops", "citation": "Somebody", "license": "CC-BY-4.0", "tags": ["crops"], {{more}}
              "place": {{place}},
              "collections": [
                { "id": "crops_source", "types": ["source_imagery"], "items": ["data/{tile}/{date}/{band}.tif"], "archive": "archives/crops_source.tar.gz" },
                { "id": "crops_labels", "types": ["labels"], "items": ["labels/{tile}.tif"] }
              ]
            }
          ]
        }
        """);

    /// <summary>A dataset <c>crops</c> that STAC files describe.</summary>
    public static HubDefinition Stac(string place) => Parse($$"""{ "id": "test", "datasets": [ { "id": "crops", "place": {{place}} } ] }""");

    public static HubDefinition Parse(string json, string? directory = null) => HubDefinition.Parse(Encoding.UTF8.GetBytes(json), directory ?? Path.GetTempPath());

    /// <summary>Files of the dataset <see cref="Crops"/>: two tiles with two dates and two bands each, labels, and an archive.</summary>
    public static IEnumerable<(string Key, string Content)> Files =>
    [
        .. from tile in new[] { "01", "02" }
           from date in new[] { "20190606", "20190721" }
           from band in new[] { "B02", "B04" }
           select ($"data/{tile}/{date}/{band}.tif", $"{tile} {date} {band}"),
        ("labels/01.tif", "labels of 01"),
        ("labels/02.tif", "labels of 02"),
        ("archives/crops_source.tar.gz", "an archive"),
    ];
}
