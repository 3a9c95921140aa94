using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>Writes the documents of a catalogue to a directory, with the bytes that the hub sent.</summary>
internal sealed class StacFiles(string directory)
{
    private string? _lastFolder;

    /// <summary>Writes a document.</summary>
    /// <returns>Whether it is written. It is not if another document has its name as a folder, or its folder as a name.</returns>
    internal bool TryWrite(CatalogueDocument document)
    {
        try
        {
            Write(document);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && IsBlocked(document.Path))
        {
            return false;
        }
    }

    private bool IsBlocked(string path)
    {
        if (Directory.Exists(Path.Combine(directory, path)))
        {
            return true;
        }

        for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (File.Exists(Path.Combine(directory, path[..end])))
            {
                return true;
            }
        }

        return false;
    }

    private void Write(CatalogueDocument document)
    {
        var path = Path.Combine(directory, document.Path);
        var folder = Path.GetDirectoryName(path)!;
        if (folder != _lastFolder)
        {
            Directory.CreateDirectory(folder);
            _lastFolder = folder;
        }

        using var file = RegularFile.Create(path);
        RegularFile.Write(file, document.Bytes.Span, 0);
    }
}
