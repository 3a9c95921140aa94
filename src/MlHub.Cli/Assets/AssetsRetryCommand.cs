using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub assets retry</c>.</summary>
internal static class AssetsRetryCommand
{
    public static Command Create(CommandFactory factory)
    {
        var report = new Argument<string>("REPORT") { Description = "The report of an earlier run: report.json in the directory of the dataset." }.NotEmpty();
        var download = new DownloadChoices();
        var concurrency = AssetsDownloadCommand.ConcurrencyOption();
        var command = new Command("retry", "Download what failed in an earlier run, with the options of that run.") { report };
        download.AddSpeedTo(command);
        command.Options.Add(concurrency);
        return factory.WithBody(command, async (run, token) =>
        {
            var options = download.Options(run);
            var client = await run.ConnectAsync(Math.Max(run.Value(concurrency) ?? AssetsDownloadCommand.MaxConcurrency, options.Connections ?? 0), token).ConfigureAwait(false);
            return await AssetsDownloadCommand.ReportAsync(
                run,
                download.WantsProgress(run),
                async progress =>
                {
                    try
                    {
                        return await client.RetryAssetsAsync(run.Value(report), change => (change.Concurrency, change.Download) = (run.Value(concurrency), options), progress, token).ConfigureAwait(false);
                    }
                    catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
                    {
                        throw new WrongUsageException($"there is no report '{run.Value(report)}'.");
                    }
                    catch (FormatException error)
                    {
                        throw new WrongUsageException(error.Message);
                    }
                },
                token).ConfigureAwait(false);
        });
    }
}
