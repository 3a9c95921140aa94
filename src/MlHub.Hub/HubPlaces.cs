using MlHub.Hub.Reading;

namespace MlHub.Hub;

/// <summary>Where a hub keeps its own files.</summary>
internal sealed class HubPlaces : IDisposable
{
    private readonly string _directory;
    private readonly bool _isTemporary;

    private HubPlaces(string directory, bool isTemporary)
    {
        _directory = directory;
        _isTemporary = isTemporary;
    }

    internal string Directory => _directory;

    internal string IndexPath => Path.Combine(_directory, "index.db");

    internal string CatalogueDirectory => Path.Combine(_directory, "catalogs");

    internal static HubPlaces For(string root, string? chosen) => chosen is not null ? At(chosen) : IfWritable(Path.Combine(root, FileNames.Own));

    /// <summary>In a folder, which is created if necessary, or else in a temporary one.</summary>
    internal static HubPlaces IfWritable(string directory)
    {
        try
        {
            System.IO.Directory.CreateDirectory(directory);
            using var probe = new FileStream(Path.Combine(directory, $"probe.{Environment.ProcessId}"), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            return new HubPlaces(directory, isTemporary: false);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            // A read-only file system.
            return new HubPlaces(System.IO.Directory.CreateTempSubdirectory("mlhub-").FullName, isTemporary: true);
        }
    }

    /// <summary>In a folder, which is created if necessary.</summary>
    internal static HubPlaces At(string directory) => new(System.IO.Directory.CreateDirectory(directory).FullName, isTemporary: false);

    public void Dispose()
    {
        if (_isTemporary && System.IO.Directory.Exists(_directory))
        {
            System.IO.Directory.Delete(_directory, recursive: true);
        }
    }
}
