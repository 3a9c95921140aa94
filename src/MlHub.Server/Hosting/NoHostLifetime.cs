using Microsoft.Extensions.Hosting;

namespace MlHub.Server;

/// <summary>Leaves Ctrl-C and SIGTERM to the process. The default lifetime would handle them, and a library must not.</summary>
internal sealed class NoHostLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
