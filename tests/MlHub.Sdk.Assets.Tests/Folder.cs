using System.Security.Cryptography;

namespace MlHub.Sdk.Assets.Tests;

/// <summary>A directory of a test.</summary>
public sealed class Folder : IDisposable
{
    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("mlhub-");

    public string Path => System.IO.Path.Combine(_directory.FullName, "data");

    public string Parent => _directory.FullName;

    public string this[string file] => System.IO.Path.Combine(Path, file);

    /// <summary>The files below the directory, except the database, each with its digest.</summary>
    public SortedDictionary<string, string> Tree() => new(
        System.IO.Directory.GetFiles(Path, "*", SearchOption.AllDirectories)
            .Select(file => (Name: System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/'), File: file))
            .Where(file => !file.Name.EndsWith(".db", StringComparison.Ordinal))
            .ToDictionary(file => file.Name, file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.File)))),
        StringComparer.Ordinal);

    /// <summary>Writes a file, and returns its path.</summary>
    public string Write(string file, string text)
    {
        System.IO.Directory.CreateDirectory(Path);
        File.WriteAllText(this[file], text);
        return this[file];
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
