using System.Security.Cryptography;
using System.Text;
using MlHub.Sdk;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Cli;

/// <summary>
/// A file like <c>SHA256SUMS</c>. Each line has a SHA-256 and a name, which is relative to the directory of the file. <c>sha256sum --check</c>, started in that directory, reads it.
/// </summary>
internal sealed class ChecksumFile
{
    private readonly string _path;
    private readonly string _directory;
    private readonly Dictionary<string, ChecksumLine> _added = new(StringComparer.Ordinal);

    private ChecksumFile(string path)
    {
        _path = Path.GetFullPath(path);
        _directory = Path.GetDirectoryName(_path) ?? _path;
    }

    /// <summary>Opens a checksum file to add lines to it. Nothing is written yet.</summary>
    /// <exception cref="MlHubException">A file of that name exists and is not a checksum file, or its directory cannot be used.</exception>
    public static ChecksumFile Open(string path)
    {
        var file = new ChecksumFile(path);
        var lines = file.Read(() =>
        {
            Directory.CreateDirectory(file._directory);
            file.RequireRegularFile();
            return file.ReadLines();
        });
        if (lines.Length > 0 && lines.All(line => Parse(line) is null))
        {
            throw new MlHubException($"'{file._path}' is not a checksum file, and was not changed: choose another file with --checksums.");
        }

        return file;
    }

    /// <summary>Reads the files that a checksum file lists, and the digest of each.</summary>
    /// <param name="path">The checksum file.</param>
    /// <param name="damaged">Receives a sentence for each line that cannot be read.</param>
    /// <exception cref="MlHubException">The checksum file does not exist, or it lists no files.</exception>
    public static IReadOnlyList<(string Path, FileDigest Digest)> Read(string path, Action<string> damaged)
    {
        var file = new ChecksumFile(path);
        if (!File.Exists(file._path))
        {
            throw new EntityDoesNotExistException($"there is no checksum file '{file._path}': the option --checksums of the download commands writes one.");
        }

        var lines = file.Read(file.ReadAllLines);
        (string, FileDigest)[] entries =
        [
            .. lines.Select(Parse).OfType<ChecksumLine>()
                .Select(line => (Path.GetFullPath(Path.Combine(file._directory, line.Name)), new FileDigest(DigestAlgorithm.Sha256, Convert.FromHexString(line.Hex)))),
        ];
        if (entries.Length == 0)
        {
            throw new MlHubException($"'{file._path}' lists no files: each line must be a SHA-256, two spaces and a name.");
        }

        foreach (var (number, line) in lines.Index().Where(line => line.Item is not ("" or ['#', ..]) && Parse(line.Item) is null))
        {
            damaged($"line {number + 1} of '{file._path}' is not a SHA-256, two spaces and a name: '{PlainText.Name(line)}'. Its file was not checked: correct or remove the line.");
        }

        return entries;
    }

    /// <summary>Adds the digest of a file. Reads the file only if its SHA-256 was not computed during the download.</summary>
    public async Task AddAsync(DownloadResult result, CancellationToken cancellationToken)
    {
        var known = result.Verified.Digests.FirstOrDefault(digest => digest.Algorithm == DigestAlgorithm.Sha256).Hex;
        var hex = known.Length > 0 ? known : await DigestAsync(result.Path, cancellationToken).ConfigureAwait(false);
        var name = NameOf(result.Path);
        _added[name] = new ChecksumLine(hex, name);
    }

    /// <summary>Writes the digests atomically. Keeps the other lines of the file.</summary>
    /// <exception cref="MlHubException">The file cannot be written.</exception>
    public async Task SaveAsync()
    {
        if (_added.Count == 0)
        {
            return;
        }

        try
        {
            await WriteAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable("cannot be written", FileErrors.ReasonNotWritten(error, _path), error);
        }
    }

    private async Task WriteAsync()
    {
        // The file is read again, because another process may have added lines in the meantime.
        using var turn = await ChecksumLock.TakeAsync(_path).ConfigureAwait(false);
        RequireRegularFile();
        var target = File.Exists(_path) ? File.ResolveLinkTarget(_path, returnFinalTarget: true)?.FullName ?? _path : _path;
        var names = _added.Values.Select(line => InLatin1(line)[line.Hex.Length..]).ToArray();
        var kept = ReadLines().Where(line => Parse(line) is { } old ? !_added.ContainsKey(old.Name) : line[0] == '#' || !names.Any(name => line.EndsWith(name, StringComparison.Ordinal)));
        var draft = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            await File.WriteAllTextAsync(draft, string.Concat(kept.Concat(_added.Values.Select(InLatin1)).Select(line => $"{line}\n")), Encoding.Latin1).ConfigureAwait(false);
            File.Move(draft, target, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable("cannot be read", FileErrors.Reason(error, _path), error);
        }
    }

    private MlHubException Unusable(string what, string why, Exception error) => new($"the checksum file '{_path}' {what}: {why}. Choose another file with --checksums.", error);

    // A device would be replaced, and a pipe would block.
    private void RequireRegularFile()
    {
        if (FileStatus.At(_path, followsLinks: true) is { IsRegular: false })
        {
            throw new MlHubException($"'{_path}' is not a regular file, and was not changed: choose another file with --checksums.");
        }
    }

    private string NameOf(string path)
    {
        var name = Path.GetRelativePath(_directory, path);
        return Path.DirectorySeparatorChar == '/' ? name : name.Replace(Path.DirectorySeparatorChar, '/');
    }

    // Only \n ends a line: a name may contain other characters that .NET takes for line ends.
    private string[] ReadAllLines() => File.Exists(_path) ? [.. File.ReadAllText(_path, Encoding.Latin1).Split('\n').Select(line => line.TrimEnd('\r'))] : [];

    private string[] ReadLines() => [.. ReadAllLines().Where(line => line.Length > 0)];

    // Latin-1 keeps every byte, also those of lines that are not UTF-8.
    private static ChecksumLine? Parse(string line) => ChecksumLine.Parse(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line)));

    private static string InLatin1(ChecksumLine line) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(line.ToString()));

    private static async Task<string> DigestAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous, BufferSize = 0 });
        await using (file.ConfigureAwait(false))
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
        }
    }
}
