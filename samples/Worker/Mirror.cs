using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlHub.Sdk;

namespace MlHub.Samples.Worker;

/// <summary>
/// Keeps a directory up to date with a dataset. Each run compares the files with the server and fetches only what has changed. If the process is stopped in the middle of a
/// download, the next run resumes it.
/// </summary>
internal sealed class Mirror(MlHubClient client, IOptions<MirrorOptions> options, ILogger<Mirror> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval);
        do
        {
            try
            {
                await UpdateAsync(stoppingToken);
            }
            catch (MlHubException error)
            {
                // The next run tries again, and keeps what was fetched.
                logger.LogError(error, "The dataset {Dataset} could not be mirrored completely.", options.Value.Dataset);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        var dataset = await client.Datasets.GetAsync(options.Value.Dataset, cancellationToken);
        var archives = await dataset.DownloadAsync(options.Value.Directory, cancellationToken: cancellationToken);
        logger.LogInformation(
            "{Dataset}: {Fetched} archives fetched, {Current} are up to date.", dataset.Id, archives.Count(archive => !archive.Skipped), archives.Count(archive => archive.Skipped));
    }
}
