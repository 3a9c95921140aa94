namespace MlHub.Hub.Scanning;

/// <summary>A file that the hub may read, or that it leaves out because of its name.</summary>
internal sealed record FoundFile(string Path, long Size, long Modified, Folder Folder)
{
    /// <summary>Why it is left out. Null if it is to be read.</summary>
    internal string? WhyNot { get; init; }

    internal bool IsTarball => Path.EndsWith(Reading.FileNames.Tarball, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is the file with the fields of datasets that STAC does not have.</summary>
    internal bool IsDatasets => Path == DatasetsFile.Name;
}
