using Microsoft.Win32.SafeHandles;

namespace MlHub.Sdk.Downloads.Disk;

/// <summary>Tells whether a file that is open is still the one that lies there by name, and not one that was put in its place.</summary>
internal static class SameFile
{
    // A moment that only the open file is given shows whether the two are one.
    internal static bool IsAt(string path, SafeFileHandle file)
    {
#pragma warning disable CA5394 // It need not be secret.
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddTicks(-Random.Shared.NextInt64(TimeSpan.TicksPerSecond)));
#pragma warning restore CA5394
        return File.Exists(path) && File.GetLastWriteTimeUtc(path) == File.GetLastWriteTimeUtc(file) && new FileInfo(path).Length == RandomAccess.GetLength(file);
    }
}
