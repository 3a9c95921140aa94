using System.Globalization;

namespace MlHub.Cli.Tests;

/// <summary>A directory with a collection of many small items.</summary>
internal static class ItemTree
{
    /// <summary>Writes the dataset <c>many</c>.</summary>
    public static void Write(string root, string collection, int items)
    {
        WriteFile("catalog.json", """{"type":"Catalog","stac_version":"1.0.0","id":"many","description":"","links":[]}""");
        WriteFile($"{collection}/collection.json", $$"""{"type":"Collection","stac_version":"1.0.0","id":"{{collection}}","description":"","license":"CC0-1.0","extent":{},"links":[]}""");
        for (var i = 0; i < items; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"item_{i:00000}");
            WriteFile(
                $"{collection}/{id}/{id}.json",
                $$$"""{"type":"Feature","stac_version":"1.0.0","id":"{{{id}}}","collection":"{{{collection}}}","geometry":null,"properties":{"datetime":"2020-01-01T00:00:00Z"},"links":[],"assets":{}}""");
        }

        void WriteFile(string path, string content)
        {
            var place = Path.Combine(root, "many", path);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.WriteAllText(place, content);
        }
    }
}
