#:project ../src/MlHub.Sandbox/MlHub.Sandbox.csproj
#:project ../src/MlHub.Sdk/MlHub.Sdk.csproj
#:property RestorePackagesWithLockFile=false

// Uses one MlHubClient for minutes: 200 callers and 4 repeated downloads at once, while the server fails in all the ways of the sandbox. At the start, in the middle
// and at the end it rests, and the memory in use, the open handles and the open sockets are measured. The result is 1 if one of them grows. Needs Linux.
//
//   dotnet run -c Release eng/soak.cs              ten minutes
//   dotnet run -c Release eng/soak.cs -- MINUTES
using System.Diagnostics;
using System.Globalization;
using MlHub.Sandbox;
using MlHub.Sdk;

const int Callers = 200;
const int Downloaders = 4;

// The sandbox keeps the last 10,000 requests. The first measurement waits until they are there.
const int CallsBeforeTheStart = 20_000;
const string Archive = "sandbox_crops_kenya_s2";
var roundTime = TimeSpan.FromSeconds(30);
var time = TimeSpan.FromMinutes(args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 10);

await using var hub = await MlHubSandbox.StartAsync();
using var client = new MlHubClient(new MlHubClientOptions
{
    RootUrl = hub.RootUrl,
    ApiKey = hub.ApiKey,
    Transfer = new TransferOptions { RetryBaseDelay = TimeSpan.FromMilliseconds(1), RetryMaxDelay = TimeSpan.FromMilliseconds(20) },
});
var output = Directory.CreateTempSubdirectory("mlhub-soak-").FullName;
long calls = 0, failed = 0, cancelled = 0, downloads = 0;
List<Figures> atRest = [];
Console.WriteLine("| minute | calls | failed | cancelled | downloads | memory, MB | handles | sockets | |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
var began = Stopwatch.GetTimestamp();
foreach (var part in new[] { 0.1, 0.45, 0.45 })
{
    for (var partBegan = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(partBegan) < time * part || calls < CallsBeforeTheStart;)
    {
        using var end = new CancellationTokenSource(roundTime);
        await Task.WhenAll([
            FailAsync(end.Token),
            .. Enumerable.Range(0, Callers).Select(number => CallAsync(new Random(number), end.Token)),
            .. Enumerable.Range(0, Downloaders).Select(number => DownloadAsync(Path.Combine(output, $"{number}"), new Random(number), end.Token)),
        ]);
        Report(Measure(), "");
    }

    // Pools and idle connections are kept for a minute.
    await Task.Delay(TimeSpan.FromSeconds(75));
    atRest.Add(Measure());
    Report(atRest[^1], "at rest");
}

Directory.Delete(output, recursive: true);
var (first, last) = (atRest[0], atRest[^1]);
var grows = last.Memory > (first.Memory * 1.1) + 1_000_000 || last.Handles > first.Handles + 10 || last.Sockets > first.Sockets + 10;
Console.WriteLine(grows ? "Something grows." : "Nothing grows.");
return grows ? 1 : 0;

async Task CallAsync(Random random, CancellationToken end)
{
    while (!end.IsCancellationRequested)
    {
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(end);
        if (random.Next(10) == 0)
        {
            impatient.CancelAfter(random.Next(50));
        }

        await CountAsync(() => OneCallAsync(random.Next(8), impatient.Token));
        Interlocked.Increment(ref calls);
    }
}

async Task OneCallAsync(int kind, CancellationToken stop)
{
    switch (kind)
    {
        case 0:
            await client.Datasets.ListAsync(cancellationToken: stop).CountAsync(stop);
            break;
        case 1:
            await client.Collections.ListItemsAsync("sandbox_landcover_tiles", cancellationToken: stop).Take(30).CountAsync(stop);
            break;
        case 2:
            await client.Collections.GetAsync("no-such-collection", stop);
            break;
        case 3:
            await client.Models.ListAsync(stop).CountAsync(stop);
            break;
        case 4:
            await client.Archives.GetInfoAsync(Archive, stop);
            break;
        case 5:
            // Leaves a response before its end.
            await client.Collections.ListItemsAsync("sandbox_landcover_tiles", cancellationToken: stop).FirstAsync(stop);
            break;
        case 6:
            await client.Datasets.GetAsync(SandboxHub.FirstDatasetId, stop);
            break;
        default:
            await client.Collections.GetAsync(Archive, stop);
            break;
    }
}

async Task DownloadAsync(string directory, Random random, CancellationToken end)
{
    while (!end.IsCancellationRequested)
    {
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(end);
        if (random.Next(3) == 0)
        {
            impatient.CancelAfter(random.Next(500));
        }

        if (random.Next(20) == 0)
        {
            hub.ChangeFile($"archives/{Archive}.tar.gz");
        }

        await CountAsync(async () =>
        {
            var result = await client.Archives.DownloadAsync(Archive, directory, new DownloadOptions { FlushToDisk = false }, cancellationToken: impatient.Token);
            File.Delete(result.Path);
            Interlocked.Increment(ref downloads);
        });
    }
}

async Task CountAsync(Func<Task> action)
{
    try
    {
        await action();
    }
    catch (MlHubException)
    {
        Interlocked.Increment(ref failed);
    }
    catch (OperationCanceledException)
    {
        Interlocked.Increment(ref cancelled);
    }
}

async Task FailAsync(CancellationToken end)
{
    var random = new Random(0);
    while (!end.IsCancellationRequested)
    {
        switch (random.Next(100))
        {
            case < 25:
                hub.FailNext(503, times: random.Next(1, 20), retryAfter: TimeSpan.Zero);
                break;
            case < 50:
                hub.FailNext(random.Next(2) == 0 ? 429 : 500, times: random.Next(1, 20));
                break;
            case < 60:
                hub.CutAfter(random.Next(1_000_000));
                break;
            case < 80:
                hub.Delay(TimeSpan.FromMilliseconds(random.Next(20)));
                break;
            default:
                hub.Throttle(random.Next(2) == 0 ? null : random.Next(1_000_000, 100_000_000));
                break;
        }

        await Task.Delay(100, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    hub.Delay(TimeSpan.Zero);
    hub.Throttle(null);
}

static Figures Measure()
{
    GC.Collect();
    GC.WaitForPendingFinalizers();
    var handles = Directory.EnumerateFileSystemEntries("/proc/self/fd").ToList();
    var sockets = handles.Count(handle => new FileInfo(handle).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
    return new Figures(GC.GetTotalMemory(forceFullCollection: true), handles.Count, sockets);
}

void Report(Figures now, string what) => Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"| {Stopwatch.GetElapsedTime(began).TotalMinutes:0.0} | {calls} | {failed} | {cancelled} | {downloads} | {now.Memory / 1e6:0.0} | {now.Handles} | {now.Sockets} | {what} |"));

/// <summary>What the process holds while it does nothing.</summary>
internal readonly record struct Figures(long Memory, int Handles, int Sockets);
