using System.Text;
using Microsoft.Win32.SafeHandles;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk;

/// <summary>
/// The profiles file, which stores named API keys and root URLs. It is the file of the Python client, in the format of Python's <c>configparser</c>. Each
/// client can read what the other wrote.
/// </summary>
/// <remarks>Every member reads the file again. Thread-safe.</remarks>
/// <example>
/// <code>
/// var profiles = new MlHubProfiles();
/// await profiles.SetAsync("project1", apiKey: key);
/// foreach (MlHubProfile profile in profiles.List())
/// {
///     Console.WriteLine($"{profile.Name} {profile.MaskedApiKey}");
/// }
/// </code>
/// </example>
public sealed class MlHubProfiles
{
    /// <summary>Far larger than any profiles file. The limit keeps a wrong <c>MLHUB_HOME</c> from filling the memory.</summary>
    private const int MaxBytes = 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Locates the profiles file. The file does not have to exist.</summary>
    /// <param name="home">
    /// The directory of the file. A leading <c>~</c> is the user's home directory. Null or empty means <c>MLHUB_HOME</c>, or <c>~/.mlhub</c> if that is not
    /// set.
    /// </param>
    /// <exception cref="MlHubException">No directory was given, and the user has no home directory.</exception>
    public MlHubProfiles(string? home = null)
        : this(PathOf(home))
    {
    }

    private MlHubProfiles(FileInfo file) => Path = file.FullName;

    /// <summary>The absolute path of the file.</summary>
    public string Path { get; }

    /// <summary>Whether the file exists.</summary>
    public bool Exists => File.Exists(Path);

    /// <summary>
    /// A sentence of warning if users other than the owner may read or write the file (on Unix, any permission for group or others). Otherwise null, as on
    /// Windows or if the file does not exist.
    /// </summary>
    public string? PermissionsWarning
    {
        get
        {
            const UnixFileMode Others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // -1 if there is no file, and on Windows.
            UnixFileMode mode = new FileInfo(Path).UnixFileMode;
            return (int)mode == -1 || (mode & Others) == 0 || FileStatus.At(Path, followsLinks: true) is not { IsRegular: true }
                ? null
                : $"Other users can read the API keys in {Path} (its mode is {Convert.ToString((int)mode, 8)}): "
                    + "run \"chmod 600\" on it.";
        }
    }

    /// <summary>Lists the profiles in the order of the file. The list is empty if there is no file.</summary>
    /// <exception cref="MlHubException">The file cannot be read or has the wrong format. The message says where.</exception>
    public IReadOnlyList<MlHubProfile> List()
    {
        ProfilesText? text = Read();
        return text is null ? [] : [.. text.Names.Select(name => Describe(text, name))];
    }

    /// <summary>Finds a profile.</summary>
    /// <param name="name">The case-sensitive name.</param>
    /// <returns>The profile, or null if the file or the profile does not exist.</returns>
    /// <exception cref="MlHubException">The file cannot be read or has the wrong format. The message says where.</exception>
    public MlHubProfile? Find(string name) => Read() is { } text && text.Has(name) ? Describe(text, name) : null;

    /// <summary>
    /// Sets the API key of a profile, its root URL, or both. All other lines of the file are kept, comments included. The file and its directory are created if
    /// necessary. The file is replaced atomically, and afterwards only its owner can read it (mode 0600; a new directory has mode 0700). If the file is a
    /// symbolic link, the regular file that it points to is replaced. A directory, a pipe or a device causes an error and is not changed.
    /// </summary>
    /// <param name="name">The case-sensitive name of the profile.</param>
    /// <param name="apiKey">The API key. White space and invisible characters at its ends are ignored. Null keeps the present key.</param>
    /// <param name="rootUrl">The root URL, with or without a trailing slash. Null keeps the present one.</param>
    /// <param name="cancellationToken">Cancels waiting for another process that is writing the file.</param>
    /// <exception cref="ArgumentException">Neither a key nor a root URL was given.</exception>
    /// <exception cref="MlHubException">
    /// The name or the key is invalid. Or the present file is invalid or not a regular file. Or the file cannot be written, or another process has been writing
    /// it for ten seconds.
    /// </exception>
    public async Task SetAsync(string name, string? apiKey = null, Uri? rootUrl = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (apiKey is null && rootUrl is null)
        {
            throw new ArgumentException("There is nothing to set: give an API key, a root URL, or both.", nameof(apiKey));
        }

        ProfileRules.CheckName(name);
        string? key = apiKey is null ? null : ProfileRules.CheckedApiKey(apiKey);
        string? root = rootUrl is null ? null : RootUrls.Normalize(rootUrl, "The root URL").AbsoluteUri;
        await ProfilesWriter.ReplaceAsync(Path, Update, TimeProvider.System, cancellationToken).ConfigureAwait(false);

        string Update()
        {
            ProfilesText text = Read() ?? ProfilesText.Parse(Path, "");
            text = key is null ? text : text.With(name, ProfilesText.ApiKeyKey, key);
            return (root is null ? text : text.With(name, ProfilesText.RootUrlKey, root)).ToString();
        }
    }

    /// <summary>The profiles file at the given path.</summary>
    internal static MlHubProfiles At(string path) => new(new FileInfo(path));

    /// <summary>The content of the file. Null if there is no file.</summary>
    internal ProfilesText? Read()
    {
        try
        {
            return ProfilesText.Parse(Path, Decode(ReadBytes()));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MlHubException($"The profiles file {Path} cannot be read: {FileErrors.Reason(error, Path)}.", error);
        }
    }

    /// <summary>Returns the path if it is a regular file, a link to one, or does not exist.</summary>
    /// <exception cref="IOException">The path is something else.</exception>
    internal static string RequireRegular(string path) => FileStatus.At(path, followsLinks: true)?.Kind switch
    {
        FileKind.Directory => throw new IOException($"'{path}' is a directory, and not a file"),
        FileKind.Other => throw new IOException($"'{path}' is a device, a pipe or a socket, and not a file"),
        _ => path,
    };

    private static MlHubProfile Describe(ProfilesText text, string name) => new()
    {
        Name = name,
        MaskedApiKey = ApiKey.TryRead(text.Get(name, ProfilesText.ApiKeyKey), out var key, out _) ? key?.Masked : "****",
        RootUrl = SettingsEnvironment.Present(text.Get(name, ProfilesText.RootUrlKey)),
    };

    private static FileInfo PathOf(string? home) =>
        new(SettingsEnvironment.Process.ProfilesPath(home) ?? throw new MlHubException(
            $"There is no home directory to find the profiles file in: set {MlHubSettings.HomeVariable} to a directory."));

    private byte[] ReadBytes()
    {
        // Opening a pipe would block, and opening a device can have side effects.
        using SafeFileHandle file = RegularFile.Open(RequireRegular(Path), FileAccess.Read, followsLinks: true);
        long length = RandomAccess.GetLength(file);
        if (length > MaxBytes)
        {
            throw new IOException("it is larger than 1 MiB");
        }

        byte[] bytes = new byte[length];
        return bytes[..RegularFile.ReadAll(file, bytes)];
    }

    private string Decode(byte[] bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new MlHubException($"The profiles file {Path} cannot be used: it is not UTF-8 text. Save it as UTF-8.");
        }
    }
}
