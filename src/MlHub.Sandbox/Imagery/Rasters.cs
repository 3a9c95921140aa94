using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>Creates the raster and vector files of the sandbox from a landscape.</summary>
internal static class Rasters
{
    /// <summary>One spectral band, 128 × 128 pixels of 16 bits.</summary>
    public static byte[] Band(FieldMosaic fields, Box box, int band, int day) =>
        GeoTiff.Write(box, 128, Sample(128, (x, y) => fields.ReflectanceAt(band, day, x, y)));

    /// <summary>One radar polarisation, 128 × 128 pixels of 16 bits.</summary>
    public static byte[] Radar(FieldMosaic fields, Box box, int polarisation, int day) =>
        GeoTiff.Write(box, 128, Sample(128, (x, y) => fields.BackscatterAt(polarisation, day, x, y)));

    /// <summary>The class of each pixel, 8 bits.</summary>
    public static byte[] Classes(FieldMosaic fields, Box box, int size) => GeoTiff.Write(box, size, Sample(size, fields.ClassAt));

    /// <summary>A mask of 8 bits: 1 for water, and 0 elsewhere.</summary>
    public static byte[] Water(FieldMosaic fields, Box box, int size) =>
        GeoTiff.Write(box, size, Sample(size, (x, y) => fields.ClassAt(x, y) == 1 ? (byte)1 : (byte)0));

    /// <summary>The number of each pixel's field, 256 × 256 pixels of 16 bits.</summary>
    public static byte[] FieldNumbers(FieldMosaic fields, Box box) => GeoTiff.Write(box, FieldMosaic.Size, Sample(FieldMosaic.Size, fields.FieldNumberAt));

    /// <summary>Red, green and blue in one GeoTIFF.</summary>
    public static byte[] TrueColour(FieldMosaic fields, Box box, int size, int day) => GeoTiff.Write(box, size, Rgb(fields, size, day), samplesPerPixel: 3);

    /// <summary>Red, green and blue in one PNG.</summary>
    public static byte[] Thumbnail(FieldMosaic fields, int size, int day) => Png.Write(size, Rgb(fields, size, day));

    /// <summary>The fields as a GeoJSON FeatureCollection (RFC 7946), each with its class in the property <paramref name="property"/>.</summary>
    public static byte[] Outlines(FieldMosaic fields, Box box, string property, string[] classes) => SandboxStac.ToFile(new JsonObject
    {
        ["type"] = "FeatureCollection",
        ["features"] = new JsonArray([.. fields.Fields().Select(field => new JsonObject
        {
            ["type"] = "Feature",
            ["geometry"] = SandboxStac.Geometry([PixelsToDegrees(box, field)]),
            ["properties"] = new JsonObject { [property] = classes[field.Class] },
        })]),
    });

    private static Box PixelsToDegrees(Box box, (int West, int North, int East, int South, byte Class) field) => new(
        box.LongitudeAt(field.West, FieldMosaic.Size),
        box.LatitudeAt(field.South, FieldMosaic.Size),
        box.LongitudeAt(field.East, FieldMosaic.Size),
        box.LatitudeAt(field.North, FieldMosaic.Size));

    private static byte[] Rgb(FieldMosaic fields, int size, int day)
    {
        var rgb = new byte[size * size * 3];
        var step = FieldMosaic.Size / size;
        for (var i = 0; i < rgb.Length; i++)
        {
            // Bands 2, 1, 0 are red, green and blue; a reflectance of 30 % is white.
            var reflectance = fields.ReflectanceAt(2 - i % 3, day, i / 3 % size * step, i / 3 / size * step);
            rgb[i] = (byte)Math.Min(reflectance * 255 / 3000, 255);
        }

        return rgb;
    }

    private static T[] Sample<T>(int size, Func<int, int, T> at)
    {
        var samples = new T[size * size];
        var step = FieldMosaic.Size / size;
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = at(i % size * step, i / size * step);
        }

        return samples;
    }
}
