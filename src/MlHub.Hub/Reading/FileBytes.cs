namespace MlHub.Hub.Reading;

/// <summary>Reads small files.</summary>
internal static class FileBytes
{
    /// <summary>The bytes of a file. A pipe or a device has none, because it could be read for ever.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static byte[] Of(string path) => (File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path)).Length == 0 ? [] : File.ReadAllBytes(path);
}
