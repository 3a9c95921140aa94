using System.Text;
using Microsoft.Win32.SafeHandles;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk;

/// <summary>
/// The profiles file: names for API keys and the hubs they are for. It is the file of the Python client, in the format of Python's
/// <c>configparser</c>, and either client reads what the other wrote.
/// </summary>
/// <remarks>Every member looks at the file as it is at that moment. Thread-safe.</remarks>
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
    /// <summary>Far beyond any profiles file: a wrong <c>MLHUB_HOME</c> must not fill the memory.</summary>
    private const int MaxBytes = 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Finds the profiles file; it need not exist.</summary>
    /// <param name="home">
    /// The directory that holds it; a leading <c>~</c> is the user's home directory. Null or empty: <c>MLHUB_HOME</c>, else
    /// <c>~/.mlhub</c>.
    /// </param>
    /// <exception cref="MlHubException">Neither a directory was given nor does this user have a home directory.</exception>
    public MlHubProfiles(string? home = null)
        : this(PathOf(home))
    {
    }

    private MlHubProfiles(FileInfo file) => Path = file.FullName;

    /// <summary>The absolute path of the file.</summary>
    public string Path { get; }

    /// <summary>Whether the file is there.</summary>
    public bool Exists => File.Exists(Path);

    /// <summary>
    /// One sentence where users other than the owner may read or write the file (Unix: any permission for group or others); else null,
    /// as on Windows and where there is no file.
    /// </summary>
    public string? PermissionsWarning
    {
        get
        {
            const UnixFileMode Others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // -1 where there is no file, and on Windows.
            UnixFileMode mode = new FileInfo(Path).UnixFileMode;
            return (int)mode == -1 || (mode & Others) == 0 || FileStatus.At(Path, followsLinks: true) is not { IsRegular: true }
                ? null
                : $"Others than you can read the API keys in {Path} (its mode is {Convert.ToString((int)mode, 8)}): "
                    + "run \"chmod 600\" on it.";
        }
    }

    /// <summary>The profiles in the order of the file; none where there is no file.</summary>
    /// <exception cref="MlHubException">The file cannot be read, or it is not in the format; the message says where.</exception>
    public IReadOnlyList<MlHubProfile> List()
    {
        ProfilesText? text = Read();
        return text is null ? [] : [.. text.Names.Select(name => Describe(text, name))];
    }

    /// <summary>One profile.</summary>
    /// <param name="name">Its name, whose case counts.</param>
    /// <returns>The profile, or null where the file or the profile does not exist.</returns>
    /// <exception cref="MlHubException">The file cannot be read, or it is not in the format; the message says where.</exception>
    public MlHubProfile? Find(string name) => Read() is { } text && text.Has(name) ? Describe(text, name) : null;

    /// <summary>
    /// Sets the API key of a profile, its root URL, or both, and leaves every other line of the file as it is, comments included. The file
    /// and its directory are made where they are missing; the file is readable by its owner alone afterwards (0600; a directory that is
    /// made, 0700), and is replaced in one step. A file that is a symbolic link stays one: the regular file that it points to is replaced. A directory, a
    /// pipe or a device is an error, and stays as it is.
    /// </summary>
    /// <param name="name">The name of the profile, whose case counts.</param>
    /// <param name="apiKey">The API key. White space and invisible characters at its ends are ignored. Null leaves the key as it is.</param>
    /// <param name="rootUrl">The root URL, with or without a slash at its end; null leaves it as it is.</param>
    /// <param name="cancellationToken">Gives up waiting for another process that is writing the file.</param>
    /// <exception cref="ArgumentException">There is nothing to set.</exception>
    /// <exception cref="MlHubException">
    /// The name or the key cannot be one, what is there is broken or is not a regular file, it cannot be written, or another process has been writing it
    /// for ten seconds.
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

    /// <summary>The profiles file at a path.</summary>
    internal static MlHubProfiles At(string path) => new(new FileInfo(path));

    /// <summary>What the file holds; null where there is no file.</summary>
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
            throw new MlHubException($"The profiles file {Path} cannot be read: {error.Message.TrimEnd('.')}.", error);
        }
    }

    /// <summary>The path, if a regular file, a link to one or nothing is there.</summary>
    /// <exception cref="IOException">Something else is there.</exception>
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
            $"There is no home directory to look for profiles in: set {MlHubSettings.HomeVariable} to a directory."));

    private byte[] ReadBytes()
    {
        // A pipe would be waited for, and a device may act when it is opened.
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
