using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlHub.Samples.Worker;
using MlHub.Sdk;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.Configure<MirrorOptions>(builder.Configuration.GetSection("Mirror"));
builder.Services.Configure<MlHubClientOptions>(builder.Configuration.GetSection("MlHub"));

// One client for the life of the process. It is thread-safe.
builder.Services.AddSingleton(services => new MlHubClient(
    services.GetRequiredService<IOptions<MlHubClientOptions>>().Value,
    loggerFactory: services.GetRequiredService<ILoggerFactory>()));
builder.Services.AddHostedService<Mirror>();
await builder.Build().RunAsync();
