using System.Diagnostics;
using System.Globalization;

namespace MlHub.Hub.Index;

/// <summary>What a process left that was killed while it wrote a file that is published in one step: <c>{file}.{process}.new</c>.</summary>
internal static class Leftovers
{
    /// <summary>Removes the leftovers of processes that do not run any more.</summary>
    /// <param name="file">The full path of the published file.</param>
    internal static void Remove(string file)
    {
        foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(file)!, $"{Path.GetFileName(file)}.*.new"))
        {
            if (int.TryParse(path.Split('.')[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && process != Environment.ProcessId && !IsRunning(process))
            {
                File.Delete(path);
            }
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var running = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
