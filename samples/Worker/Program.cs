using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MlHub.Samples.Worker;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.Configure<MirrorOptions>(builder.Configuration.GetSection("Mirror"));
builder.Services.AddMlHubClient();
builder.Services.AddHostedService<Mirror>();
await builder.Build().RunAsync();
