using System.CommandLine;
using System.Runtime.CompilerServices;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub verify FILE…</c>: whether finished files are still what was downloaded.</summary>
internal static class VerifyCommand
{
    private static readonly Column<VerificationResult>[] Columns =
    [
        new("Status", result => DownloadJson.Word(result.Status)),
        new("File", result => result.Path),
        new("Detail", result => result.Detail),
    ];

    public static Command Create(CommandShell shell)
    {
        var files = new Argument<string[]>("FILE") { Description = "The files to check.", Arity = ArgumentArity.OneOrMore };
        var digests = new Option<FileDigest[]>("--digest")
        {
            HelpName = "ALGORITHM:VALUE",
            Description = "A digest that the file must have: md5, sha-1, sha-256, sha-512, crc32, crc32c or crc64nvme, in hexadecimal or base64. For one FILE. "
                + "Default: what was noted when it was downloaded.",
            CustomParser = FileDigests.Parse,
        };
        var command = new Command("verify", "Check downloaded files: right, wrong, missing, or unknown where nothing is known to hold them against.") { files.NotEmpty(), digests };
        return shell.Runs(command, async (run, token) =>
        {
            run.RefuseHubOptions("mlhub verify");
            var expected = run.Value(digests);
            if (run.Value(files).Length > 1 && expected is { Length: > 0 })
            {
                throw new WrongUsageException("--digest is the digest of one file: give one FILE with it.");
            }

            var codes = new List<int>();
            await run.Results
                .ListAsync(CheckAsync(run.Value(files), expected, codes, token), DownloadJson.Of, Columns, token)
                .ConfigureAwait(false);
            if (codes.Contains(ExitCode.Failed))
            {
                // What is wrong comes before what to do about it.
                await run.Output.FlushAsync().ConfigureAwait(false);
                run.Messages.Note("a file that is wrong is fetched again by downloading it with --if-exists overwrite");
            }

            return ExitCode.OfMany(codes.Count(code => code == ExitCode.Done), [.. codes.Where(code => code != ExitCode.Done)]);
        });
    }

    private static async IAsyncEnumerable<VerificationResult> CheckAsync(
        string[] files, FileDigest[]? expected, List<int> codes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var downloader = new ResumableDownloader();
        foreach (var file in files)
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
}
