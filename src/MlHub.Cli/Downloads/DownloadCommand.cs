using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub download URL…</c>: downloads files from any URL. It needs no hub.</summary>
internal static class DownloadCommand
{
    public static Command Create(CommandFactory factory)
    {
        var urls = new Argument<string[]>("URL")
        {
            Description = "The http or https addresses of the files.",
            Arity = ArgumentArity.OneOrMore,
        };
        var digests = new Option<FileDigest[]>("--digest")
        {
            HelpName = "ALGORITHM:VALUE",
            Description = "A digest that the file must have: md5, sha-1, sha-256, sha-512, crc32, crc32c or crc64nvme, in hexadecimal or base64. Only for a single URL. "
                + "With --if-exists skip, the existing file is checked.",
            CustomParser = FileDigests.Parse,
        };
        var fileName = new Option<string>("--file-name")
        {
            HelpName = "NAME",
            Description = "The name of the file. Only for a single URL. Default: the last part of its address.",
        }.NotEmpty();
        var choices = new DownloadChoices();
        var command = new Command("download", "Download files from any address and verify them, or resume interrupted downloads.") { urls, fileName, digests };
        choices.AddTo(command);
        return factory.WithBody(command, (run, token) =>
        {
            run.RefuseHubOptions("\"mlhub download\" requests only the given addresses, and sends no API key");
            var requests = Requests(run.Value(urls), choices.Output(run), choices.Options(run), run.Value(digests) ?? [], run.Value(fileName));
            if (choices.IsDryRun(run))
            {
                return EstimateAsync(run, requests, token);
            }

            return DownloadRun.ReportAsync(run, choices, (report, progress) => FetchAsync(run, requests, report, progress, token), token);
        });
    }

    private static DownloadRequest[] Requests(string[] texts, string output, DownloadOptions options, FileDigest[] digests, string? fileName)
    {
        var requests = Urls(texts).Distinct().Select(url => DownloadRequest.Create(url, output, options) with { FileName = fileName, ExpectedDigests = digests }).ToArray();
        return requests.Length > 1 && digests.Length > 0 ? throw new WrongUsageException("--digest can be used only with a single URL.")
            : requests.Length > 1 && fileName is not null ? throw new WrongUsageException("--file-name can be used only with a single URL.")
            : requests;
    }

    // The message shows the position of an invalid address and not its text, which could contain a key.
    private static IEnumerable<Uri> Urls(string[] texts) => texts.Select((text, index) =>
        Values.IsHttpUrl(text, out var url) ? url!
        : throw new WrongUsageException(texts.Length == 1
            ? "URL must be a complete address that begins with http:// or https://."
            : $"each URL must be a complete address that begins with http:// or https://: number {index + 1} of {texts.Length} is not."));

    // Rows show addresses without their queries, which may contain secrets. Two addresses that differ only in their query are two rows.
    private static async Task<int> EstimateAsync(CommandRun run, DownloadRequest[] requests, CancellationToken cancellationToken)
    {
        using var downloader = Downloader(run, requests);
        return await DryRun.OneByOneAsync(
            run, requests, Name, async (request, _) => DryRun.OneFile(await downloader.GetSizeAsync(request, cancellationToken).ConfigureAwait(false)), cancellationToken).ConfigureAwait(false);
    }

    private static string Name(DownloadRequest request) => $"{request.Url.Scheme}://{request.Url.Authority}{request.Url.AbsolutePath}";

    private static ResumableDownloader Downloader(CommandRun run, DownloadRequest[] requests) => new(
        new ResumableDownloaderOptions { Transfer = run.Transfer(requests[0].Options.Connections) }, loggerFactory: new MessagesLog(run.Messages));

    private static async Task FetchAsync(
        CommandRun run, DownloadRequest[] requests, DownloadReport report, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        using var downloader = Downloader(run, requests);
        if (requests is [var single])
        {
            await report.TryAsync(
                Name(single), async () => [await downloader.DownloadAsync(single, progress, cancellationToken).ConfigureAwait(false)], hasOthers: false).ConfigureAwait(false);
            return;
        }

        await foreach (var outcome in downloader
            .DownloadAllAsync(requests, concurrency: null, progress, cancellationToken).ConfigureAwait(false))
        {
            if (outcome.Succeeded)
            {
                await report.AddAsync(outcome.Result).ConfigureAwait(false);
            }
            else
            {
                await report.FailAsync(Name(outcome.Request), outcome.Error, Messages.Describe(outcome.Error)).ConfigureAwait(false);
            }
        }
    }
}
