using System.Buffers.Text;
using System.Security.Cryptography;

namespace MlHub.Server;

/// <summary>
/// A file with the keys that a server accepts: <see cref="MlHubServerOptions.KeysFile"/>. It contains the SHA-256 of each key, and not the key. A running server reads it again after each
/// change.
/// </summary>
/// <remarks>
/// <para>
/// Each line is a key: its name, its SHA-256 in hexadecimal, the day on which it was created and, if it expires, the last day on which it is accepted, separated by spaces. Empty lines, and
/// lines that begin with <c>#</c>, are comments.
/// </para>
/// <para>
/// The file is replaced atomically, only its owner can read it (mode 0600), and processes that change it at the same time take turns (a lock file beside it, <c>FILE.lock</c>). Thread-safe.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var file = new MlHubServerKeysFile("keys");
/// string key = await file.AddAsync("alice", expires: new DateOnly(2027, 6, 30));
/// await using var server = await MlHubServer.StartAsync(hub, new MlHubServerOptions { KeysFile = file.Path });
/// </code>
/// </example>
public sealed class MlHubServerKeysFile
{
    private const string Header = "# The keys of an MLHub server. \"mlhub keys\" changes this file. Each line has a name, the SHA-256 of a key, the day of its creation, and the last day on which it is accepted.";

    /// <summary>The number of random bytes of a key. It cannot be guessed, so its SHA-256 needs no salt and no slow hash (docs/adr/0034).</summary>
    private const int KeyBytes = 32;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Locates a keys file. The file does not have to exist.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public MlHubServerKeysFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = System.IO.Path.GetFullPath(path);
    }

    /// <summary>The absolute path of the file.</summary>
    public string Path { get; }

    /// <summary>Whether a text can be the name of a key: 1 to 64 letters (A to Z), digits, <c>-</c>, <c>_</c>, <c>.</c> and <c>@</c>.</summary>
    /// <param name="name">The text.</param>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= 64 } && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '@');

    /// <summary>Lists the keys in the order of the file.</summary>
    /// <returns>The keys; empty if there is no file.</returns>
    /// <exception cref="InvalidDataException">The file cannot be read, or a line of it is wrong. The message says which.</exception>
    public IReadOnlyList<MlHubServerKey> List() => File.Exists(Path)
        ? [.. KeysFileText.Read(Path).Keys.Select(key => new MlHubServerKey { Name = key.Name!, Created = key.Created, Expires = key.Expires })]
        : [];

    /// <summary>Creates a key and adds it to the file. The file is created if it does not exist.</summary>
    /// <param name="name">The name of the key; see <see cref="IsName"/>.</param>
    /// <param name="expires">The last day on which the key is accepted, in UTC; <see langword="null"/> if it does not expire.</param>
    /// <param name="cancellationToken">Cancels waiting for another process that is writing the file.</param>
    /// <returns>The key, which is random and has 256 bits. It is not stored, so it cannot be shown again.</returns>
    /// <exception cref="ArgumentException">The name is not allowed, or the file already has a key of this name.</exception>
    /// <exception cref="InvalidDataException">The file cannot be read, or a line of it is wrong.</exception>
    /// <exception cref="IOException">The file cannot be written, or another process has been writing it for ten seconds.</exception>
    public async Task<string> AddAsync(string name, DateOnly? expires = null, CancellationToken cancellationToken = default)
    {
        if (!IsName(name))
        {
            throw new ArgumentException("The name of a key must have 1 to 64 characters: letters (A to Z), digits, '-', '_', '.' and '@'.", nameof(name));
        }

        var key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        var text = File.Exists(Path) ? KeysFileText.Read(Path) : KeysFileText.Parse(Path, Header + "\n");
        if (text.Keys.Any(other => other.Name == name))
        {
            throw new ArgumentException($"There is already a key \"{name}\". Choose another name, or revoke that key first.", nameof(name));
        }

        Replace(text.With(new ServerKey { Name = name, Hash = ServerKey.HashOf(key), Created = DateOnly.FromDateTime(DateTime.UtcNow), Expires = expires }));
        return key;
    }

    /// <summary>Removes a key from the file. A running server refuses it from the next request on.</summary>
    /// <param name="name">The name of the key.</param>
    /// <param name="cancellationToken">Cancels waiting for another process that is writing the file.</param>
    /// <returns>Whether there was a key of this name.</returns>
    /// <exception cref="InvalidDataException">The file cannot be read, or a line of it is wrong.</exception>
    /// <exception cref="IOException">The file cannot be written, or another process has been writing it for ten seconds.</exception>
    public async Task<bool> RevokeAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!File.Exists(Path))
        {
            return false;
        }

        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        var text = KeysFileText.Read(Path);
        if (text.Keys.All(key => key.Name != name))
        {
            return false;
        }

        Replace(text.Without(name));
        return true;
    }

    // The lock file stays. If it were removed, two processes could each lock their own.
    private async Task<FileStream> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var path = $"{Path}.lock";
        for (var began = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                return Create(path, FileMode.OpenOrCreate);
            }
            catch (IOException error) when (IsHeld(error))
            {
                if (TimeProvider.System.GetElapsedTime(began) > MaxWait)
                {
                    throw new IOException($"Another process has held '{path}' for {MaxWait.TotalSeconds} seconds. Try again once that process has ended.", error);
                }

                await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw NotChanged(error);
            }
        }
    }

    // Another process has the file open without sharing it: an error of flock on Linux and on macOS, and a sharing violation on Windows.
    private static bool IsHeld(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);

    private IOException NotChanged(Exception error) => new($"The keys file '{Path}' was not changed: {FileErrors.Reason(error, Path)}.", error);

    private void Replace(string text)
    {
        // A link stays, and its target is replaced.
        var target = new FileInfo(Path).LinkTarget is null ? Path : File.ResolveLinkTarget(Path, returnFinalTarget: true)!.FullName;
        var draft = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = Create(draft, FileMode.CreateNew))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            // A server recognizes a change by the time and the length. The clock of a file system may stand still between two changes.
            var before = File.Exists(target) ? File.GetLastWriteTimeUtc(target) : default;
            if (File.GetLastWriteTimeUtc(draft) <= before)
            {
                File.SetLastWriteTimeUtc(draft, before.AddMilliseconds(10));
            }

            File.Move(draft, target, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotChanged(error);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static FileStream Create(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
