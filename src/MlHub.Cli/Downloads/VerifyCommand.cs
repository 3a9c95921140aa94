using System.CommandLine;
using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub verify FILE…</c>: checks whether files have changed since they were downloaded.</summary>
internal static class VerifyCommand
{
    private static readonly Column<VerificationResult>[] Columns =
    [
        new("Status", result => DownloadJson.Word(result.Status)),
        new("File", result => PlainText.Name(result.Path), ColumnKind.Text),
        new("Detail", result => result.Detail, ColumnKind.WholeWords),
    ];

    private static readonly string[] UnfinishedSuffixes = [".mlhub-part", ".mlhub-journal", ".mlhub-lock"];

    public static Command Create(CommandFactory factory)
    {
        var files = new Argument<string[]>("FILE") { Description = "The files to check. A directory means all files in it and in its subdirectories. With --checksums, only these files of the list are checked. Default: all files of --checksums.", Arity = ArgumentArity.ZeroOrMore };
        var digests = new Option<FileDigest[]>("--digest")
        {
            HelpName = "ALGORITHM:VALUE",
            Description = "A digest that the file must have: md5, sha-1, sha-256, sha-512, crc32, crc32c or crc64nvme, in hexadecimal or base64. Only for a single FILE. "
                + "Default: the receipt that was stored with the file when it was downloaded.",
            CustomParser = FileDigests.Parse,
        };
        var checksums = new Option<string>("--checksums")
        {
            HelpName = "FILE",
            Description = "Compare each file with its SHA-256 in FILE, which sha256sum or the option --checksums of a download command has written. Names are relative to the directory of FILE.",
        }.NotEmpty();
        var command = new Command("verify", "Check downloaded files: right, wrong, missing, or unknown if there is nothing to compare them with.") { files.NotEmpty(), digests, checksums };
        return factory.WithBody(command, async (run, token) =>
        {
            run.RefuseHubOptions("\"mlhub verify\" sends no requests");
            var damaged = new List<string>();
            var checks = Checks(run.Value(files), run.Value(digests) ?? [], run.Value(checksums), damaged.Add);
            var codes = new List<int>();
            await run.Results
                .ListAsync(CheckAsync(checks, codes, token), DownloadJson.Of, Columns, token)
                .ConfigureAwait(false);

            // The results come before the advice.
            await run.Output.FlushAsync().ConfigureAwait(false);
            if (codes.Contains(ExitCode.Failed))
            {
                run.Messages.Note("to replace a wrong file, download it again with --if-exists overwrite");
            }

            if (codes.Contains(ExitCode.Unknown))
            {
                run.Messages.Note("to check a file that has no receipt, give its expected digest: --digest ALGORITHM:VALUE");
            }

            damaged.ForEach(run.Messages.Error);
            return damaged.Count > 0 ? ExitCode.Failed : ExitCode.OfMany(codes.Count(code => code == ExitCode.Success), [.. codes.Where(code => code != ExitCode.Success)]);
        });
    }

    private static (string Path, IReadOnlyList<FileDigest> Digests)[] Checks(string[] files, FileDigest[] digests, string? checksums, Action<string> damaged)
    {
        if (checksums is not null)
        {
            return digests.Length > 0 ? throw new WrongUsageException("--digest and --checksums cannot be combined.") : Checks(files, ChecksumFile.Read(checksums, damaged), checksums);
        }

        return files.Length == 0 ? throw new WrongUsageException("FILE is missing: name the files, or a checksum file with --checksums.")
            : digests.Length > 0 && (files.Length > 1 || Directory.Exists(files[0])) ? throw new WrongUsageException("--digest can be used only with a single FILE.")
            : [.. files.Select(file => (file, (IReadOnlyList<FileDigest>)digests))];
    }

    private static (string Path, IReadOnlyList<FileDigest> Digests)[] Checks(string[] files, IReadOnlyList<(string Path, FileDigest Digest)> known, string checksums)
    {
        if (files.Length == 0)
        {
            return [.. known.Select(entry => (entry.Path, (IReadOnlyList<FileDigest>)[entry.Digest]))];
        }

        return
        [
            // The list itself may be in a directory of the files.
            .. files.SelectMany(FilesOf).Where(file => Path.GetFullPath(file) != Path.GetFullPath(checksums)).Select(file => (file, (IReadOnlyList<FileDigest>)
                [known.Any(entry => entry.Path == Path.GetFullPath(file))
                    ? known.Last(entry => entry.Path == Path.GetFullPath(file)).Digest
                    : throw new EntityDoesNotExistException($"'{checksums}' does not list '{file}'.")])),
        ];
    }

    private static async IAsyncEnumerable<VerificationResult> CheckAsync(
        (string Path, IReadOnlyList<FileDigest> Digests)[] checks, List<int> codes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var downloader = new ResumableDownloader();
        foreach (var (file, expected) in checks.SelectMany(check => FilesOf(check.Path), (check, file) => (file, check.Digests)))
        {
            var result = await downloader.VerifyAsync(file, expected, cancellationToken).ConfigureAwait(false);
            codes.Add(result.Status switch
            {
                VerificationStatus.Right => ExitCode.Success,
                VerificationStatus.Missing => ExitCode.NotFound,
                VerificationStatus.Unknown => ExitCode.Unknown,
                _ => ExitCode.Failed,
            });
            yield return result;
        }
    }

    // The files of unfinished downloads are skipped. Links to directories are not followed, because they may lead back. An empty directory is reported as a
    // missing file.
    private static IEnumerable<string> FilesOf(string path) => !Directory.Exists(path) ? [path]
        : new FileSystemEnumerable<string>(
            path,
            static (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        }
            .Where(file => !UnfinishedSuffixes.Any(suffix => file.EndsWith(suffix, StringComparison.Ordinal)))
            .DefaultIfEmpty(path);
}
