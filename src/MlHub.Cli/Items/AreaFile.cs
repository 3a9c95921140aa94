using MlHub.Sdk;
using NetTopologySuite.Geometries;

namespace MlHub.Cli;

/// <summary>The GeoJSON file that <c>--intersects</c> names.</summary>
internal static class AreaFile
{
    /// <exception cref="WrongUsageException">The file cannot be read, or is not GeoJSON.</exception>
    public static Geometry Read(string path)
    {
        try
        {
            return AssetFilter.ReadGeoJson(File.ReadAllText(path));
        }
        catch (FormatException error)
        {
            throw new WrongUsageException($"--intersects: '{path}' cannot be used. {error.Message}");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WrongUsageException($"--intersects: there is no file '{path}'.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WrongUsageException($"--intersects: '{path}' cannot be read: {FileErrors.Reason(error, path)}.");
        }
    }
}
