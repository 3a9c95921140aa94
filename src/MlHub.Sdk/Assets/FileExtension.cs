using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk;

/// <summary>The extension of an asset's file.</summary>
internal static class FileExtension
{
    // Extensions of compressed single files. The extension before them shows the type.
    private static readonly HashSet<string> Compressed = new(["gz", "bz2", "xz", "zst", "z"], StringComparer.OrdinalIgnoreCase);

    // The media types in STAC's best practices and in existing catalogues, without parameters.
    private static readonly Dictionary<string, string> ByMediaType = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application/geo+json"] = ".geojson",
        ["application/geopackage+sqlite3"] = ".gpkg",
        ["application/gzip"] = ".gz",
        ["application/json"] = ".json",
        ["application/netcdf"] = ".nc",
        ["application/pdf"] = ".pdf",
        ["application/vnd.apache.parquet"] = ".parquet",
        ["application/vnd.flatgeobuf"] = ".fgb",
        ["application/vnd.google-earth.kml+xml"] = ".kml",
        ["application/vnd.laszip"] = ".laz",
        ["application/vnd.laszip+copc"] = ".laz",
        ["application/x-gzip"] = ".gz",
        ["application/x-hdf"] = ".hdf",
        ["application/x-hdf5"] = ".h5",
        ["application/x-ipynb+json"] = ".ipynb",
        ["application/x-netcdf"] = ".nc",
        ["application/x-parquet"] = ".parquet",
        ["application/x-tar"] = ".tar",
        ["application/xml"] = ".xml",
        ["application/yaml"] = ".yaml",
        ["application/zip"] = ".zip",
        ["image/gif"] = ".gif",
        ["image/jp2"] = ".jp2",
        ["image/jpeg"] = ".jpg",
        ["image/png"] = ".png",
        ["image/tiff"] = ".tif",
        ["image/vnd.stac.geotiff"] = ".tif",
        ["image/webp"] = ".webp",
        ["text/csv"] = ".csv",
        ["text/html"] = ".html",
        ["text/markdown"] = ".md",
        ["text/plain"] = ".txt",
        ["text/x-yaml"] = ".yaml",
        ["text/xml"] = ".xml",
        ["video/mp4"] = ".mp4",
    };

    /// <summary>The extension in the address or, if there is none, that of the media type.</summary>
    /// <param name="url">The address, or null if it is unknown.</param>
    /// <param name="mediaType">The media type, with or without parameters, or null if it is unknown.</param>
    /// <returns>The extension with its dot, for example <c>.tif</c> or <c>.tar.gz</c>; or an empty string.</returns>
    internal static string Of(Uri? url, string? mediaType)
    {
        if (url is not null && In(SafeFileName.FromUrl(url)) is { } extension)
        {
            return extension;
        }

        return mediaType is not null && ByMediaType.TryGetValue(mediaType.Split(';', 2)[0].Trim(), out var usual) ? usual : string.Empty;
    }

    private static string? In(string name)
    {
        if (!SafeFileName.HasExtension(name))
        {
            return null;
        }

        var dot = name.LastIndexOf('.');
        var (stem, extension) = (name[..dot], name[dot..]);
        return Compressed.Contains(extension[1..]) && SafeFileName.HasExtension(stem) ? stem[stem.LastIndexOf('.')..] + extension : extension;
    }
}
