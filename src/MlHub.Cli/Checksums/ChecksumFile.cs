using System.Security.Cryptography;
using System.Text;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>
/// A file like <c>SHA256SUMS</c>. Each line has a SHA-256 and a name, which is relative to the directory of the file. <c>sha256sum --check</c>, started in that directory, reads it.
/// </summary>
internal sealed class ChecksumFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

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
        Directory.CreateDirectory(file._directory);
        var lines = file.ReadLines();
        if (lines.Length > 0 && lines.All(line => ChecksumLine.Parse(line) is null))
        {
            throw new MlHubException($"'{file._path}' is not a checksum file, and was not changed: choose another file with --checksums.");
        }

        return file;
    }

    /// <summary>Reads the files that a checksum file lists, and the digest of each.</summary>
    /// <exception cref="MlHubException">The checksum file does not exist, or it lists no files.</exception>
    public static IReadOnlyList<(string Path, FileDigest Digest)> Read(string path)
    {
        var file = new ChecksumFile(path);
        if (!File.Exists(file._path))
        {
            throw new EntityDoesNotExistException($"there is no checksum file '{file._path}': the option --checksums of the download commands writes one.");
        }

        (string, FileDigest)[] entries =
        [
            .. file.ReadLines().Select(ChecksumLine.Parse).OfType<ChecksumLine>()
                .Select(line => (Path.GetFullPath(Path.Combine(file._directory, line.Name)), new FileDigest(DigestAlgorithm.Sha256, Convert.FromHexString(line.Hex)))),
        ];
        return entries.Length > 0 ? entries : throw new MlHubException($"'{file._path}' lists no files: each line must be a SHA-256, two spaces and a name.");
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
    public void Save()
    {
        if (_added.Count == 0)
        {
            return;
        }

        // The file is read again, because another process may have added lines in the meantime.
        var kept = ReadLines().Where(line => ChecksumLine.Parse(line) is not { } old || !_added.ContainsKey(old.Name));
        var text = string.Concat(kept.Concat(_added.Values.Select(line => line.ToString())).Select(line => $"{line}\n"));
        var draft = $"{_path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllText(draft, text, Utf8);
            File.Move(draft, _path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private string NameOf(string path)
    {
        var name = Path.GetRelativePath(_directory, path);
        return Path.DirectorySeparatorChar == '/' ? name : name.Replace(Path.DirectorySeparatorChar, '/');
    }

    // Only \n ends a line: a name may contain other characters that .NET takes for line ends.
    private string[] ReadLines() => File.Exists(_path) ? File.ReadAllText(_path, Utf8).Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];

    private static async Task<string> DigestAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous, BufferSize = 0 });
        await using (file.ConfigureAwait(false))
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
        }
    }
}
