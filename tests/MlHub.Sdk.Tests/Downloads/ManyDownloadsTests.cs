namespace MlHub.Sdk.Tests.Downloads;

public sealed class ManyDownloadsTests : DownloadTest
{
    [Fact]
    public async Task Many_files_are_fetched_over_few_connections_and_one_that_fails_stops_no_other()
    {
        Remote.Bytes = [1, 2, 3];
        Remote.Twist = (request, answer) => request.Path == "/50" ? ScriptedAnswer.Of(404, []) : answer;
        var requests = Enumerable.Range(0, 200).Select(number => Request with { Url = Server.Url($"{number}") });

        var outcomes = await NewDownloader().DownloadAllAsync(requests).ToListAsync();

        Assert.Equal(200, outcomes.Count);
        var failed = Assert.Single(outcomes, outcome => !outcome.Succeeded);
        Assert.IsType<EntityDoesNotExistException>(failed.Error);
        Assert.Equal("/50", failed.Request.Url.AbsolutePath);
        Assert.Equal(199, Directory.GetFiles(Output).Length);
        Assert.InRange(Server.ConnectionCount, 1, 16);
    }

    [Fact]
    public async Task Requests_are_read_only_as_the_downloads_go_on()
    {
        Remote.Bytes = [1];
        var read = 0;
        async IAsyncEnumerable<DownloadRequest> EndlessAsync()
        {
            while (true)
            {
                await Task.Yield();
                yield return Request with { Url = Server.Url($"{read++}") };
            }
        }

        var taken = await NewDownloader().DownloadAllAsync(EndlessAsync(), concurrency: 2).Take(10).ToListAsync();

        Assert.Equal(10, taken.Count);
        Assert.InRange(read, 10, 20);
    }
}
