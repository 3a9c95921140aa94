using System.Diagnostics;
using System.Globalization;

namespace MlHub.Cli.Tests;

/// <summary>A disk of few bytes, in memory: a tmpfs of Linux. It is unmounted when it is disposed of.</summary>
internal sealed class SmallDisk : IDisposable
{
    private static readonly Lazy<string?> Reason = new(FindReason);

    private SmallDisk(string path) => Path = path;

    /// <summary>Why there can be none here, or null.</summary>
    public static string? WhyNot => Reason.Value;

    public string Path { get; }

    public static SmallDisk Mount(int bytes, string options = "rw")
    {
        var path = Directory.CreateTempSubdirectory("mlhub-disk-").FullName;
        var error = Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={bytes},{options}"), "tmpfs", path);
        if (error is null)
        {
            return new SmallDisk(path);
        }

        Directory.Delete(path);
        throw new IOException(error);
    }

    /// <summary>Takes all the room that is left.</summary>
    /// <returns>The file that has it.</returns>
    public string Fill()
    {
        var hog = System.IO.Path.Combine(Path, "hog");
        using var file = new FileStream(hog, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(page);
            }
        }
        catch (IOException)
        {
            return hog;
        }
    }

    public void Dispose()
    {
        // A process that was killed this moment may still have a file open: what is detached goes with the last of them.
        _ = Run("umount", "--lazy", Path);
        Directory.Delete(Path);
    }

    private static string? FindReason()
    {
        try
        {
            Mount(4096).Dispose();
            return null;
        }
        catch (Exception impossible) when (impossible is IOException or System.ComponentModel.Win32Exception)
        {
            return $"no small disk can be mounted here, which takes Linux and root: {impossible.Message.Trim()}";
        }
    }

    private static string? Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error;
    }
}
