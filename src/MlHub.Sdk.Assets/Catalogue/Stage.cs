using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>A stage of the reading of a catalogue, which runs at the same time as the stages before and after it.</summary>
internal static class Stage
{
    // Few results wait, because the garbage collector has to move what is not used up yet.
    private const int Ahead = 1;

    /// <summary>Runs a stage on a thread of its own, a little ahead of the reader of its results. It is cancelled if the reader ends early.</summary>
    /// <param name="run">Writes the results of the stage. It need not complete the writer.</param>
    /// <param name="cancellationToken">Ends the stage.</param>
    internal static async IAsyncEnumerable<T> RunAsync<T>(Func<ChannelWriter<T>, CancellationToken, Task> run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var results = Channel.CreateBounded<T>(new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Task.Run(() => CompleteAsync(run, results.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var result in results.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return result;
            }

            await running.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task CompleteAsync<T>(Func<ChannelWriter<T>, CancellationToken, Task> run, ChannelWriter<T> results, CancellationToken cancellationToken)
    {
        try
        {
            await run(results, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            results.Complete();
        }
    }
}
