using System.Text;

namespace MlHub.Sdk;

/// <summary>Replaces a profiles file atomically. Only one process writes at a time.</summary>
/// <remarks>
/// Writers lock <c>profiles.lock</c>. This file is never removed, because removing it would allow two writers at the same time. The kernel releases the lock of
/// a process that ends. The new text is written to <c>profiles.new</c>, flushed to disk, and then renamed over the old file. A reader takes no lock, and finds
/// either the complete old file or the complete new one.
/// </remarks>
internal static class ProfilesWriter
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Replaces the file.</summary>
    /// <param name="path">The file, or a symbolic link to it, which is kept.</param>
    /// <param name="update">Reads the present file and returns the new text.</param>
    /// <param name="time">The clock for waiting.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <exception cref="MlHubException">The file cannot be written. The message says why.</exception>
    internal static async Task ReplaceAsync(string path, Func<string> update, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(path);
            string target = file.LinkTarget is null ? path : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            MlHubProfiles.RequireRegular(target);
            CreateDirectory(Path.GetDirectoryName(target)!);
            using FileStream turn = await LockAsync(MlHubProfiles.RequireRegular(target + ".lock"), time, cancellationToken).ConfigureAwait(false);
            Write(target, update());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MlHubException($"The profiles file {path} cannot be written: {FileErrors.ReasonNotWritten(error, path)}.", error);
        }
    }

    // One by one, because .NET sets the mode only on the last directory.
    private static void CreateDirectory(string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        if (Path.GetDirectoryName(directory) is { } parent)
        {
            CreateDirectory(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        Directory.CreateDirectory(directory, OwnerDirectory);
    }

    private static async Task<FileStream> LockAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return Open(path, FileMode.OpenOrCreate);
            }
            catch (IOException error) when (IsHeld(error))
            {
                if (time.GetElapsedTime(start) > Patience)
                {
                    throw new IOException($"another process has held {path} for {Patience.TotalSeconds:0} seconds", error);
                }
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void Write(string target, string text)
    {
        string temporary = MlHubProfiles.RequireRegular(target + ".new");
        // The lock is held, so a file left by a crash can be removed. Creating a new file does not follow links.
        File.Delete(temporary);
        try
        {
            using (FileStream file = Open(temporary, FileMode.CreateNew))
            {
                file.Write(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            // Checked again, because a rename would also replace a device.
            File.Move(temporary, MlHubProfiles.RequireRegular(target), overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        return new FileStream(path, options);
    }

    // ERROR_SHARING_VIOLATION, or EWOULDBLOCK of flock on Linux and on macOS.
    private static bool IsHeld(IOException error) => error.HResult is unchecked((int)0x80070020) or 11 or 35;
}
