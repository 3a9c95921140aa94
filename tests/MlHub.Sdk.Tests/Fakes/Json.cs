namespace MlHub.Sdk.Tests;

/// <summary>Small answers of the 2021 and the 2022 API, in the recorded form.</summary>
internal static class Json
{
    public const string DatasetA =
        """
        {
         "citation": null,
         "collections": [{"id": "crops_source", "types": ["source_imagery"]}, {"id": "crops_labels", "types": ["labels"]}],
         "doi": "10.9999/crops-1", "id": "crops", "registry": "https://registry.example/10.9999/crops-1", "title": null
        }
        """;

    public const string DatasetB =
        """
        {"id": "crops", "bbox": {"coordinates": [[[[-9.0, 36.5], [-9.0, 68.0], [31.5, 68.0], [-9.0, 36.5]]]], "type": "MultiPolygon"},
         "citation": "A. Author, 2022", "collections": [
           {"id": "both", "types": ["source_imagery", "labels"], "license": "[CC-BY-4.0](https://example.org)"},
           {"id": "twice", "types": ["source_imagery"], "license": null},
           {"id": "twice", "types": ["labels"], "license": null}],
         "creator_contact": {"contact": "someone@example.org", "creator": "[Us](https://example.org)"},
         "date_added": "2020-06-09T00:00:00+00:00", "date_modified": "2022-02-11T14:30:12.123456+02:00",
         "description": "Fields and crops", "documentation_link": "https://example.org/doc.pdf", "doi": "10.9999/crops-1",
         "publications": [{"url": "https://example.org/p.pdf", "title": "P", "author_name": null, "author_url": null}],
         "registry": "https://mlhub.example/data/crops", "status": "ready", "tags": ["crop", "sentinel-2"], "title": "Crops",
         "tools_applications": null, "tutorials": [], "new_field": {"digits": 1.50, "nothing": null}}
        """;

    public const string ArchiveInfo = """{"collection": "crops_source", "dataset": "crops", "size": 71138210977, "types": ["source_imagery"]}""";

    public static string Collection(string id, string title = "null", string more = "") =>
        $$"""
        {"id": "{{id}}", "title": {{title}}, "description": "It is {{id}}", "license": "CC-BY-4.0", "stac_version": "1.0.0-beta.2",
         "stac_extensions": ["eo"], "keywords": [], "properties": {}, "summaries": {}, "version": 1.0,
         "providers": [{"name": "Someone", "description": null, "roles": ["host"], "url": "https://example.org"}],
         "extent": {"spatial": {"bbox": [[-9.0, 1.75, 83.4, 68.0]]}, "temporal": {"interval": [["2017-06-13T10:10:31Z", null]]} },
         "sci:doi": "10.9999/crops-1", "links": [{"rel": "self", "href": "x", "title": null}]{{more}} }
        """;

    public static string Item(string id, string? datetime = "2019-07-21T00:00:00Z", string more = "") =>
        $$"""
        {"type": "Feature", "id": "{{id}}", "collection": "crops_source", "stac_version": "1.0.0", "bbox": [34.2, 0.1, 34.3, 0.4],
         "geometry": {"type": "Polygon", "coordinates": [[[34.2, 0.1], [34.2, 0.4], [34.3, 0.4], [34.2, 0.1]]]},
         "properties": {"datetime": {{(datetime is null ? "null" : $"\"{datetime}\"")}}{{more}} },
         "links": [], "assets": {"B01": {"href": "https://example.org/B01.tif", "type": "image/tiff", "title": null, "eo:bands": [{"name": "B01", "gsd": 60}]} } }
        """;

    public static string Page(IEnumerable<string> items, string? next = null)
    {
        var links = next is null ? "" : $$"""{"rel": "next", "href": "{{next}}", "method": "GET"}""";
        return $$"""{"type": "FeatureCollection", "features": [{{string.Join(',', items)}}], "links": [{"rel": "self", "href": "x"}{{(next is null ? "" : ",")}}{{links}}]}""";
    }
}
