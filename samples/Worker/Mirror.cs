using Microsoft.Extensions.Options;
using MlHub.Sdk;

namespace MlHub.Samples.Worker;

/// <summary>
/// Keeps a directory in step with datasets. Each pass fetches the archives that are new or have changed, and deletes nothing. If the service is stopped or killed in
/// the middle of a download, its next start resumes that download.
/// </summary>
internal sealed class Mirror(MlHubClient hub, IOptions<MirrorOptions> options, ILogger<Mirror> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval);
        do
        {
            foreach (var id in options.Value.Datasets)
            {
                await UpdateAsync(id, stoppingToken);
            }

            logger.LogInformation("The pass is complete. Passes begin every {Interval}.", options.Value.Interval);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task UpdateAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var dataset = await hub.Datasets.GetAsync(id, cancellationToken);
            var archives = await dataset.DownloadAsync(Path.Combine(options.Value.Directory, id), cancellationToken: cancellationToken);
            var current = archives.Count(archive => archive.Skipped);
            logger.LogInformation("{Dataset}: {Fetched} archives fetched, {Current} were up to date.", id, archives.Count - current, current);
        }
        catch (MlHubException error)
        {
            // The other datasets go on. The next pass tries again, and keeps what was fetched. The message names each file that failed, and never the key.
            logger.LogError("{Dataset} is not complete: {Reason}", id, error.Message);
        }
    }
}
