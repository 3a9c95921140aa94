using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>Writes the documents of a catalogue to a directory, with the bytes that the hub sent.</summary>
internal sealed class StacFiles(string directory)
{
    private string? _lastFolder;

    internal void Write(CatalogueDocument document)
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
