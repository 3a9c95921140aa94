using System.Text;

namespace MlHub.Cli.Tests;

/// <summary>Standard output of a command that does not end by itself.</summary>
internal sealed class WatchedStream : MemoryStream
{
    private readonly TaskCompletionSource<string> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the command wrote first.</summary>
    public Task<string> FirstWriteAsync() => _written.Task;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _written.TrySetResult(Encoding.UTF8.GetString(buffer.Span));
        return base.WriteAsync(buffer, cancellationToken);
    }
}
