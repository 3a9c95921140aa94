using System.CommandLine;
using System.Runtime.CompilerServices;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub verify FILE…</c>: checks whether files are still what was downloaded.</summary>
internal static class VerifyCommand
{
    private static readonly Column<VerificationResult>[] Columns =
    [
        new("Status", result => DownloadJson.Word(result.Status)),
        new("File", result => PlainText.Name(result.Path), ColumnKind.Text),
        new("Detail", result => result.Detail, ColumnKind.Text),
    ];

    private static readonly string[] Unfinished = [".mlhub-part", ".mlhub-journal", ".mlhub-lock"];

    public static Command Create(CommandShell shell)
    {
        var files = new Argument<string[]>("FILE") { Description = "The files to check. A directory stands for all files in it and below it. With --checksums: only these of the files that it names. Default: all of them.", Arity = ArgumentArity.ZeroOrMore };
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
            Description = "Compare with the SHA-256 that FILE has for each file. --checksums of the download commands writes it, and so does sha256sum. Names are relative to the directory of FILE.",
        }.NotEmpty();
        var command = new Command("verify", "Check downloaded files: right, wrong, missing, or unknown if there is nothing to compare them with.") { files.NotEmpty(), digests, checksums };
        return shell.Runs(command, async (run, token) =>
        {
            run.RefuseHubOptions("\"mlhub verify\" asks no server");
            var checks = Checks(run.Value(files), run.Value(digests) ?? [], run.Value(checksums));
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
                run.Messages.Note("to check a file that has no receipt, give the digest that it should have: --digest ALGORITHM:VALUE");
            }

            return ExitCode.OfMany(codes.Count(code => code == ExitCode.Done), [.. codes.Where(code => code != ExitCode.Done)]);
        });
    }

    private static (string Path, IReadOnlyList<FileDigest> Digests)[] Checks(string[] files, FileDigest[] digests, string? checksums)
    {
        if (checksums is not null)
        {
            return digests.Length > 0 ? throw new WrongUsageException("--digest and --checksums cannot be combined.") : Checks(files, ChecksumFile.Read(checksums), checksums);
        }

        return files.Length == 0 ? throw new WrongUsageException("FILE is missing: name the files, or a checksum file with --checksums.")
            : digests.Length > 0 && (files.Length > 1 || Directory.Exists(files[0])) ? throw new WrongUsageException("--digest is for one file: give one FILE.")
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
            .. files.SelectMany(FilesOf).Select(file => (file, (IReadOnlyList<FileDigest>)
                [known.Any(entry => entry.Path == Path.GetFullPath(file))
                    ? known.Last(entry => entry.Path == Path.GetFullPath(file)).Digest
                    : throw new EntityDoesNotExistException($"'{checksums}' does not name '{file}'.")])),
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
                VerificationStatus.Right => ExitCode.Done,
                VerificationStatus.Missing => ExitCode.NotFound,
                VerificationStatus.Unknown => ExitCode.Unknown,
                _ => ExitCode.Failed,
            });
            yield return result;
        }
    }

    // What a download keeps beside an unfinished file is no file to check. An empty directory is reported like a missing file.
    private static IEnumerable<string> FilesOf(string path) => !Directory.Exists(path) ? [path]
        : Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
            .Where(file => !Unfinished.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)))
            .DefaultIfEmpty(path);
}
