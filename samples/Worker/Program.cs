using MlHub.Samples.Worker;
using MlHub.Sdk;
using OpenTelemetry.Metrics;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddMlHubClient();                          // settings: the section "MlHub" of the configuration
builder.Services.AddOptions<MirrorOptions>()
    .BindConfiguration("Mirror", binder => binder.ErrorOnUnknownConfiguration = true)
    .ValidateDataAnnotations()
    .Validate(mirror => !mirror.Datasets.Any(string.IsNullOrWhiteSpace), "Mirror:Datasets must not contain an empty id.")
    .ValidateOnStart();
builder.Services.AddHostedService<Mirror>();

// Whether the hub answers. The service can wait for a hub that is down, so an alarm should read this, and not what restarts the service.
builder.Services.AddHealthChecks().AddMlHubHealthCheck();

// The variable OTEL_EXPORTER_OTLP_ENDPOINT names the collector.
builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(MlHubTelemetry.SourceName).AddOtlpExporter());

var app = builder.Build();
app.MapHealthChecks("/health");
app.Run();
