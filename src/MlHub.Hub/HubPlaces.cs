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

    internal static HubPlaces For(string root, string? chosen)
    {
        if (chosen is not null)
        {
            return At(chosen);
        }

        var own = Path.Combine(root, FileNames.Own);
        try
        {
            System.IO.Directory.CreateDirectory(own);
            using var probe = new FileStream(Path.Combine(own, $"probe.{Environment.ProcessId}"), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            return new HubPlaces(own, isTemporary: false);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            // A read-only directory.
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
