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
        new("File", result => result.Path),
        new("Detail", result => result.Detail),
    ];

    private static readonly string[] Unfinished = [".mlhub-part", ".mlhub-journal", ".mlhub-lock"];

    public static Command Create(CommandShell shell)
    {
        var files = new Argument<string[]>("FILE") { Description = "The files to check. A directory stands for all files in it and below it.", Arity = ArgumentArity.OneOrMore };
        var digests = new Option<FileDigest[]>("--digest")
        {
            HelpName = "ALGORITHM:VALUE",
            Description = "A digest that the file must have: md5, sha-1, sha-256, sha-512, crc32, crc32c or crc64nvme, in hexadecimal or base64. Only for a single FILE. "
                + "Default: the receipt that was stored with the file when it was downloaded.",
            CustomParser = FileDigests.Parse,
        };
        var command = new Command("verify", "Check downloaded files: right, wrong, missing, or unknown if there is nothing to compare them with.") { files.NotEmpty(), digests };
        return shell.Runs(command, async (run, token) =>
        {
            run.RefuseHubOptions("\"mlhub verify\" asks no server");
            var expected = run.Value(digests);
            if (expected is { Length: > 0 } && (run.Value(files).Length > 1 || Directory.Exists(run.Value(files)[0])))
            {
                throw new WrongUsageException("--digest is for one file: give one FILE.");
            }

            var codes = new List<int>();
            await run.Results
                .ListAsync(CheckAsync(run.Value(files), expected, codes, token), DownloadJson.Of, Columns, token)
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

    private static async IAsyncEnumerable<VerificationResult> CheckAsync(
        string[] files, FileDigest[]? expected, List<int> codes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var downloader = new ResumableDownloader();
        foreach (var file in files.SelectMany(FilesOf))
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
