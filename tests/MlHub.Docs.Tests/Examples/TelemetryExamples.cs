using Microsoft.Extensions.Logging;
using MlHub.Sdk;

namespace MlHub.Docs.Tests.Examples;

/// <summary>The examples of docs/telemetry.md.</summary>
[Collection(nameof(SandboxFixture))]
public sealed class TelemetryExamples
{
    [Fact]
    public async Task Messages_go_to_a_logger()
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddConsole());
        using var client = new MlHubClient(loggerFactory: loggers);
        Assert.NotNull(await client.Datasets.GetAsync("sandbox_crops_kenya"));
    }
}
