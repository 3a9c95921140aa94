using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MlHub.Sandbox;
using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Docs.Tests;

/// <summary>The worker sample, stopped and killed, and with a hub that fails.</summary>
public sealed class WorkerSampleTests : IAsyncLifetime
{
    private const string Key = "the-key-that-no-log-shows";
    private const string Complete = "The pass is complete.";
    private const string Resumes = "resumes an earlier run with ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("mlhub-worker-").FullName;
    private MlHubSandbox? _hub;

    private MlHubSandbox Hub => _hub!;

    public async Task InitializeAsync() => _hub = await MlHubSandbox.StartAsync(new MlHubServerOptions { ApiKeys = [Key] });

    public async Task DisposeAsync()
    {
        await Hub.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_download_that_is_stopped_and_later_killed_resumes_and_its_file_is_whole()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const string Archive = "sandbox_crops_kenya_s2.tar.gz";
        var file = Path.Combine(_directory, "sandbox_crops_kenya", Archive);
        string[] settings = ["--Mirror:Datasets:0=sandbox_crops_kenya", "--MlHub:Transfer:MaxConnectionsPerHost=1"];
        Hub.Throttle(200_000);

        using (var worker = Start(settings))
        {
            await ProgressAsync(file);
            worker.Terminate();
            var (exitCode, output) = await worker.EndAsync();
            Assert.True(exitCode == 0, output);
        }

        Assert.False(File.Exists(file));

        long stopped;
        using (var worker = Start(settings))
        {
            stopped = Bytes(await worker.SaysAsync(Resumes));
            await ProgressAsync(file);
            worker.Kill();
            Assert.NotEqual(0, (await worker.EndAsync()).ExitCode);
        }

        Assert.False(File.Exists(file));

        Hub.Throttle(null);
        using (var worker = Start([.. settings, "--Mirror:Datasets:1=sandbox_flood_bangladesh"]))
        {
            var killed = Bytes(await worker.SaysAsync(Resumes));
            await worker.SaysAsync(Complete);
            worker.Terminate();
            Assert.Equal(0, (await worker.EndAsync()).ExitCode);
            Assert.InRange(stopped, 1, killed - 1);
        }

        // The first run asked for the whole file, and each other run for what it lacked.
        var starts = Hub.Requests.Where(request => request.Path.EndsWith(Archive, StringComparison.Ordinal)).Select(FirstByte).ToArray();
        Assert.Equal(0, starts[0]);
        Assert.All(starts[1..], start => Assert.InRange(start, stopped, long.MaxValue));
        Assert.Equal(await ExpectedAsync("sandbox_crops_kenya", "sandbox_flood_bangladesh"), Digests(_directory));
    }

    [Fact]
    public async Task A_dataset_that_fails_stops_neither_the_others_nor_the_service_and_no_log_shows_the_key()
    {
        using var worker = Start(["--Mirror:Datasets:0=no_such_dataset", "--Mirror:Datasets:1=sandbox_flood_bangladesh", "--MlHub:Transfer:MaxRetries=0"]);
        using var http = new HttpClient { BaseAddress = new Uri(await worker.SaysAsync("Now listening on: ")) };
        await worker.SaysAsync("no_such_dataset is not complete: ");
        await worker.SaysAsync(Complete);

        Assert.Equal(await ExpectedAsync("sandbox_flood_bangladesh"), Digests(_directory));
        Assert.Equal("Healthy", await http.GetStringAsync("health"));

        await Hub.DisposeAsync();

        using var unhealthy = await http.GetAsync("health");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), (unhealthy.StatusCode, await unhealthy.Content.ReadAsStringAsync()));
        worker.Terminate();
        var (exitCode, output) = await worker.EndAsync();
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain(Key, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Mirror:Datasets:0=", "Mirror:Datasets must not contain an empty id.")]
    [InlineData("--Mirror:Interval=00:00:00", "Mirror:Interval must be between one second (00:00:01) and 30 days (30.00:00:00).")]
    [InlineData("--Mirror:Interval=soon", "at 'Mirror:Interval' to type 'System.TimeSpan'")]
    [InlineData("--Mirror:Intervall=01:00:00", "'Intervall'")]
    [InlineData("--Mirror:Directory=", "Mirror:Directory must not be empty.")]
    [InlineData("--MlHub:Profile=nobody", "MlHub:Profile names a profile that does not exist")]
    [InlineData("--MlHub:RootUrl=hub.example.org", "MlHub:RootUrl is not a root URL")]
    [InlineData("--MlHub:Transfer:MaxRetries=-1", "MlHub:Transfer:MaxRetries must be between 0 and 1000")]
    public async Task A_wrong_setting_fails_the_start_with_a_sentence_that_names_it(string setting, string sentence)
    {
        using var worker = Start([setting]);

        var (exitCode, output) = await worker.EndAsync();

        Assert.NotEqual(0, exitCode);
        Assert.Contains(sentence, output, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_reach_a_collector_without_the_key()
    {
        var received = new StringBuilder();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.MapPost("/v1/metrics", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body, Encoding.Latin1);
            received.Append(await reader.ReadToEndAsync());
        });
        await collector.StartAsync();

        using var worker = Start(
            ["--Mirror:Datasets:0=sandbox_flood_bangladesh"],
            new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single(), ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" });
        await worker.SaysAsync(Complete);
        worker.Terminate();     // What was measured is sent before the end.
        Assert.Equal(0, (await worker.EndAsync()).ExitCode);

        Assert.Contains(MlHubTelemetry.DownloadBytes, received.ToString(), StringComparison.Ordinal);
        Assert.Contains(MlHubTelemetry.DownloadDuration, received.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, received.ToString(), StringComparison.Ordinal);
    }

    private SampleProcess Start(string[] settings, Dictionary<string, string>? environment = null) => SampleProcess.Start(
        "Worker",
        _directory,
        new Dictionary<string, string>(environment ?? []) { ["MlHub__RootUrl"] = Hub.RootUrl.AbsoluteUri, ["MlHub__ApiKey"] = Key },
        [$"--Mirror:Directory={_directory}", .. settings]);

    /// <summary>Waits until the journal of a download has changed twice.</summary>
    private static async Task ProgressAsync(string file)
    {
        using var patience = new CancellationTokenSource(Patience);
        var seen = new HashSet<string>();
        while (seen.Count < 3)
        {
            await Task.Delay(20, patience.Token);
            if (File.Exists($"{file}.mlhub-journal"))
            {
                seen.Add(Convert.ToHexString(await File.ReadAllBytesAsync($"{file}.mlhub-journal", patience.Token)));
            }
        }
    }

    private static long Bytes(string text) => long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);

    private static long FirstByte(SandboxRequest request) =>
        request.Headers.TryGetValue("Range", out var range) ? long.Parse(range["bytes=".Length..range.IndexOf('-', StringComparison.Ordinal)], CultureInfo.InvariantCulture) : 0;

    /// <summary>The digests of all archives of datasets, downloaded by this process without faults.</summary>
    private async Task<IEnumerable<string>> ExpectedAsync(params string[] datasets)
    {
        var directory = Directory.CreateTempSubdirectory("mlhub-expected-").FullName;
        try
        {
            using var client = new MlHubClient(new MlHubClientOptions { RootUrl = Hub.RootUrl, ApiKey = Key });
            foreach (var id in datasets)
            {
                await (await client.Datasets.GetAsync(id)).DownloadAsync(Path.Combine(directory, id));
            }

            return Digests(directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string[] Digests(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(file => $"{Path.GetRelativePath(directory, file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")
            .Order(StringComparer.Ordinal)];
}
