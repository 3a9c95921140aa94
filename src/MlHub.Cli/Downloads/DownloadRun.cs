using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Downloads one archive or catalogue.</summary>
internal delegate Task<DownloadResult> FetchOne(
    MlHubClient client, string id, string output, DownloadOptions options, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken);

/// <summary>Gets the size of one archive or catalogue, in bytes; null if the server does not send it.</summary>
internal delegate Task<long?> SizeOfOne(MlHubClient client, string id, CancellationToken cancellationToken);

/// <summary>Runs the downloads of a command, shows progress, and reports the results.</summary>
internal static class DownloadRun
{
    /// <summary>A command <c>download ID…</c>.</summary>
    public static Command Command(CommandFactory factory, string description, string idsDescription, FetchOne fetch, SizeOfOne size)
    {
        var ids = new Argument<string[]>("ID") { Description = idsDescription, Arity = ArgumentArity.OneOrMore };
        var choices = new DownloadChoices();
        var command = new Command("download", description) { ids.NotEmpty() };
        choices.AddTo(command);
        return factory.WithBody(command, async (run, token) =>
        {
            var output = choices.Output(run);
            var client = await run.ConnectAsync(choices.Options(run).Connections, token).ConfigureAwait(false);
            if (choices.IsDryRun(run))
            {
                return await DryRun.OneByOneAsync(
                    run, run.Value(ids), async (id, _) => DryRun.OneFile(await size(client, id, token).ConfigureAwait(false)), token).ConfigureAwait(false);
            }

            return await OneByOneAsync(
                run,
                choices,
                run.Value(ids),
                async (id, progress) => [await fetch(client, id, output, choices.Options(run), progress, token).ConfigureAwait(false)],
                token).ConfigureAwait(false);
        });
    }

    /// <summary>Downloads several ids, one after the other. Each download adds connections while they make it faster.</summary>
    public static Task<int> OneByOneAsync(
        CommandRun run,
        DownloadChoices choices,
        IReadOnlyList<string> ids,
        Func<string, IProgress<DownloadProgress>?, Task<IReadOnlyList<DownloadResult>>> fetch,
        CancellationToken cancellationToken) =>
        ReportAsync(
            run,
            choices,
            async (report, progress) =>
            {
                var distinctIds = ids.Distinct(StringComparer.Ordinal).ToArray();
                foreach (var id in distinctIds)
                {
                    await report.TryAsync(id, () => fetch(id, progress), hasOthers: distinctIds.Length > 1).ConfigureAwait(false);
                }
            },
            cancellationToken);

    /// <summary>Runs downloads that add their results to a report.</summary>
    public static async Task<int> ReportAsync(
        CommandRun run, DownloadChoices choices, Func<DownloadReport, IProgress<DownloadProgress>, Task> downloads, CancellationToken cancellationToken)
    {
        var report = new DownloadReport(run, choices.Checksums(run), cancellationToken);
        try
        {
            using var progress = ProgressDisplay.For(run, choices.WantsProgress(run));
            await downloads(report, report.Observe(progress)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await report.CloseAsync().ConfigureAwait(false);
            run.Messages.Note($"run the same command again{(report.CanResume ? " to resume" : "")}");
            throw;
        }
        catch (Exception)
        {
            await report.CloseAsync().ConfigureAwait(false);
            throw;
        }

        return await report.CloseAsync().ConfigureAwait(false);
    }
}
