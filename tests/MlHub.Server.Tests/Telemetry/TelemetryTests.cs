using System.Diagnostics;
using System.Globalization;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace MlHub.Server.Tests.Telemetry;

/// <summary>OpenTelemetry sees all servers of this process, so no other test runs at the same time.</summary>
[CollectionDefinition(nameof(TelemetryTests), DisableParallelization = true)]
public sealed class TelemetryTestsAlone;

/// <summary>What a program that uses OpenTelemetry exports about its server.</summary>
[Collection(nameof(TelemetryTests))]
public sealed class TelemetryTests
{
    private const string Key = "k3y-that-must-never-show";

    [Fact]
    public async Task Requests_and_downloads_are_measured_and_traced_without_keys()
    {
        var (activities, metrics) = (new List<Activity>(), new List<Metric>());
        using var log = new LogLines();
        using (var traces = OpenTelemetry.Sdk.CreateTracerProviderBuilder().AddSource("Microsoft.AspNetCore").AddInMemoryExporter(activities).Build())
        using (var meters = OpenTelemetry.Sdk.CreateMeterProviderBuilder()
            .AddMeter("MlHub.Server", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel").AddInMemoryExporter(metrics).Build())
        {
            await using var server = await MlHubServer.StartAsync(new OneItemHub("c", "i") { Archive = new byte[1000] }, new MlHubServerOptions { ApiKeys = [Key], LoggerFactory = log });
            using var client = SandboxServer.ClientOf(server.RootUrl);
            foreach (var path in (string[])["collections/c/items", "archive/c", "none", "/storage/mlhub/archives/c.tar.gz"])
            {
                using var query = await client.GetAsync($"{path}?key={Key}");
                using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Authorization", $"Bearer {Key}" } } };
                using var bearer = await client.SendAsync(request);
            }

            await server.StopAsync();
            Assert.True(meters.ForceFlush());
        }

        Assert.Equal(2000, Sum("mlhub.server.download.bytes"));
        Assert.Equal(0, Sum("mlhub.server.downloads.active"));
        Assert.Contains("http.server.request.duration", metrics.Select(metric => metric.Name));
        Assert.Contains("kestrel.connection.duration", metrics.Select(metric => metric.Name));
        Assert.Equal(8, activities.Count(activity => activity.OperationName == "Microsoft.AspNetCore.Hosting.HttpRequestIn"));
        Assert.Equal(8, log.Written.Count);
        Assert.All(activities.Select(Describe).Concat(metrics.SelectMany(Describe)).Concat(log.Written), text => Assert.DoesNotContain(Key, text, StringComparison.OrdinalIgnoreCase));

        long Sum(string name)
        {
            var sum = 0L;
            foreach (var metric in metrics.Where(metric => metric.Name == name))
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    sum = point.GetSumLong();
                }
            }

            return sum;
        }
    }

    private static string Describe(Activity activity) => string.Join(
        ' ',
        activity.TagObjects.Concat(activity.Baggage.Select(pair => new KeyValuePair<string, object?>(pair.Key, pair.Value))).Concat(activity.Events.SelectMany(happened => happened.Tags))
            .Select(tag => $"{tag.Key}={Convert.ToString(tag.Value, CultureInfo.InvariantCulture)}")
            .Append(activity.DisplayName)
            .Append(activity.StatusDescription));

    private static IEnumerable<string> Describe(Metric metric)
    {
        var lines = new List<string>();
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var tags = new List<string> { metric.Name };
            foreach (var tag in point.Tags)
            {
                tags.Add($"{tag.Key}={tag.Value}");
            }

            lines.Add(string.Join(' ', tags));
        }

        return lines;
    }
}
