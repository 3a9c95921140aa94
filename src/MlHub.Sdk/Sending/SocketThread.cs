using System.Runtime.CompilerServices;

namespace MlHub.Sdk;

/// <summary>A program can let .NET continue on the threads that wait for sockets (docs/adr/0060). Code that may take long must not run there.</summary>
internal static class SocketThread
{
    /// <summary>Continues on the thread pool: <c>await SocketThread.Leave();</c></summary>
    // ForceYielding with a task that still runs would not do: its continuation runs on the thread that completes it.
    internal static ConfiguredTaskAwaitable Leave() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
