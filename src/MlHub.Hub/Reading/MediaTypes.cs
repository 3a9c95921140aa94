namespace MlHub.Hub.Reading;

/// <summary>The media types of files, by their extensions.</summary>
internal static class MediaTypes
{
    private static readonly Dictionary<string, string> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".csv"] = "text/csv",
        [".fgb"] = "application/vnd.flatgeobuf",
        [".geojson"] = "application/geo+json",
        [".gpkg"] = "application/geopackage+sqlite3",
        [".gz"] = "application/gzip",
        [".h5"] = "application/x-hdf5",
        [".htm"] = "text/html",
        [".html"] = "text/html",
        [".ipynb"] = "application/x-ipynb+json",
        [".jp2"] = "image/jp2",
        [".jpeg"] = "image/jpeg",
        [".jpg"] = "image/jpeg",
        [".json"] = "application/json",
        [".md"] = "text/markdown",
        [".nc"] = "application/netcdf",
        [".parquet"] = "application/vnd.apache.parquet",
        [".pdf"] = "application/pdf",
        [".png"] = "image/png",
        [".tif"] = "image/tiff; application=geotiff",
        [".tiff"] = "image/tiff; application=geotiff",
        [".txt"] = "text/plain",
        [".xml"] = "application/xml",
        [".zip"] = "application/zip",
    };

    internal static string Of(string name) => ByExtension.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream");
}
