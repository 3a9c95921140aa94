using System.Text;

namespace MlHub.Sdk;

/// <summary>Replaces a profiles file in one step, one writer at a time.</summary>
/// <remarks>
/// Writers take turns by a lock on <c>profiles.lock</c>, which stays beside the file: removed, it would let two in at once. The kernel
/// frees the lock of a process that dies. The new text goes to <c>profiles.new</c>, to the disk, and then over the old file, so that a
/// reader, which takes no lock, finds either the old file or the new one, whole.
/// </remarks>
internal static class ProfilesWriter
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Replaces the file.</summary>
    /// <param name="path">The file, or a symbolic link to it, which stays one.</param>
    /// <param name="update">Reads the file as it is then, and gives the text that it is to have.</param>
    /// <param name="time">The clock for waiting.</param>
    /// <param name="cancellationToken">Gives up waiting for the lock.</param>
    /// <exception cref="MlHubException">The file cannot be written; the message says why.</exception>
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
            throw new MlHubException($"The profiles file {path} cannot be written: {error.Message.TrimEnd('.')}.", error);
        }
    }

    // One by one: .NET gives the mode to the last of them alone.
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
        // What a crash has left under the name is ours to remove, for the lock is ours. A file made anew follows no link.
        File.Delete(temporary);
        try
        {
            using (FileStream file = Open(temporary, FileMode.CreateNew))
            {
                file.Write(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            // Once more: a rename would replace a device too.
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
