using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace MlHub.Sdk.DependencyInjection.Tests;

/// <summary>What a service exports with OpenTelemetry: of the SDK, and of .NET's own HTTP activities below it.</summary>
[Collection(nameof(TelemetryTests))]
public sealed class TelemetryTests : ServiceTest
{
    private const string Secret = "a-secret-key-0123456789";

    [Fact]
    public async Task Exported_telemetry_contains_no_key_no_query_and_no_local_path()
    {
        var (activities, metrics) = await ExportAsync(async client =>
        {
            await client.Collections.ListItemsAsync("sandbox_crops_kenya_s2", new ItemQuery { Limit = 2 }).CountAsync();
            await client.Archives.DownloadAsync("sandbox_crops_kenya_s2", Output);
            await Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.Datasets.GetAsync("none"));
            await Assert.ThrowsAsync<MlHubException>(() => client.GetJsonAsync($"{Secret}?q={Secret}&user=me"));
        });

        var text = Text(activities) + metrics;
        Assert.Contains("mlhub.call", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, text.Replace($"/{Secret}", "/asked-for-by-the-caller", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("user=me", text, StringComparison.Ordinal);
        Assert.DoesNotContain("limit=", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Output, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_call_is_one_activity_with_its_attempts_below_it()
    {
        Hub.FailNext(503, times: 2);

        var (activities, _) = await ExportAsync(async client => await client.Datasets.GetAsync("sandbox_crops_kenya"));

        var call = Assert.Single(activities, activity => activity.OperationName == MlHubTelemetry.CallActivity);
        Assert.Equal("GET /datasets/{datasetId}", call.DisplayName);
        Assert.Equal("/datasets/{datasetId}", call.GetTagItem(MlHubTelemetry.TemplateAttribute));
        Assert.Equal("127.0.0.1", call.GetTagItem(MlHubTelemetry.ServerAddressAttribute));
        Assert.Equal(Hub.RootUrl.Port, call.GetTagItem(MlHubTelemetry.ServerPortAttribute));
        Assert.Equal(3, activities.Count(activity => activity.Source.Name == "System.Net.Http" && activity.TraceId == call.TraceId));
    }

    [Fact]
    public async Task A_failed_call_records_its_error()
    {
        var (activities, metrics) = await ExportAsync(client => Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.Datasets.GetAsync("none")));

        var call = Assert.Single(activities, activity => activity.OperationName == MlHubTelemetry.CallActivity);
        Assert.Equal((ActivityStatusCode.Error, "404"), (call.Status, call.GetTagItem(MlHubTelemetry.ErrorTypeAttribute)));
        Assert.Contains("mlhub.call.duration", metrics, StringComparison.Ordinal);
        Assert.Contains("error.type=404", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_is_one_activity_with_its_requests_below_it()
    {
        Hub.CutAfter(bytes: 20_000);

        var (activities, metrics) = await ExportAsync(client => client.Archives.DownloadAsync("sandbox_crops_kenya_s2", Output));

        var download = Assert.Single(activities, activity => activity.OperationName == MlHubTelemetry.DownloadActivity);
        Assert.Equal("done", download.GetTagItem(MlHubTelemetry.OutcomeAttribute));
        Assert.True(activities.Count(activity => activity.Source.Name == "System.Net.Http" && activity.TraceId == download.TraceId) >= 2);
        Assert.Contains("mlhub.download.bytes", metrics, StringComparison.Ordinal);
    }

    private async Task<(List<Activity> Activities, string Metrics)> ExportAsync(Func<MlHubClient, Task> useAsync)
    {
        Hub.RequireKey(Secret);
        List<Activity> activities = [];
        List<Metric> metrics = [];
        var trace = default(ActivityTraceId);
        using (var traces = OpenTelemetry.Sdk.CreateTracerProviderBuilder().AddSource(MlHubTelemetry.SourceName, "System.Net.Http").AddInMemoryExporter(activities).Build())
        using (var meters = OpenTelemetry.Sdk.CreateMeterProviderBuilder().AddMeter(MlHubTelemetry.SourceName, "System.Net.Http").AddInMemoryExporter(metrics).Build())
        {
            var services = new ServiceCollection();
            services.AddMlHubClient(options =>
            {
                (options.RootUrl, options.ApiKey, options.Home) = (Hub.RootUrl, Secret, Output);
                options.Transfer = options.Transfer with { RetryBaseDelay = TimeSpan.Zero };
            });
            await using var provider = services.BuildServiceProvider();
            using var test = new Activity("test") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
            trace = test.TraceId;
            await useAsync(provider.GetRequiredService<MlHubClient>());
            meters.ForceFlush();
        }

        // Other tests of this process have activities too.
        return (activities.Where(activity => activity.TraceId == trace).ToList(), Text(metrics));
    }

    private static string Text(List<Activity> activities) => string.Join('\n', activities.Select(activity =>
        $"{activity.OperationName} {activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.SelectMany(e => e.Tags))}"));

    private static string Text(List<Metric> metrics)
    {
        var text = new StringBuilder();
        foreach (var metric in metrics)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                text.Append(metric.Name);
                foreach (var tag in point.Tags)
                {
                    text.Append(' ').Append(tag.Key).Append('=').Append(tag.Value);
                }

                text.Append('\n');
            }
        }

        return text.ToString();
    }
}
