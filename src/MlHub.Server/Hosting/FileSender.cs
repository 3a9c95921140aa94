using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace MlHub.Server;

/// <summary>
/// The output of a connection. It writes to the socket itself, so that the kernel can send a file (<c>sendfile</c>) between two writes, without copying it into this
/// process (docs/adr/0033).
/// </summary>
/// <remarks>
/// Kestrel counts the bytes of a response. While a file is sent, it gets memory whose content does not matter, and the file's bytes are sent in its place.
/// </remarks>
internal sealed class FileSender : PipeWriter
{
    /// <summary>The number of bytes between two flushes.</summary>
    private const int PartSize = 256 * 1024;

    /// <summary>The number of bytes that are sent at a time. Kestrel's own memory has 4 KiB, which takes a system call for each.</summary>
    private const int SendSize = 64 * 1024;

    private static readonly byte[] Placeholder = new byte[PartSize];

    private readonly Socket _socket;
    private readonly PipeWriter _output;
    private FileStream? _file;
    private long _position;
    private int _unsent;

    private FileSender(Socket socket, PipeWriter output) => (_socket, _output) = (socket, output);

    public override bool CanGetUnflushedBytes => _output.CanGetUnflushedBytes;

    public override long UnflushedBytes => _output.UnflushedBytes + _unsent;

    /// <summary>Gives each connection over a socket such an output. On Windows, and for connections in memory, Kestrel's own output stays.</summary>
    public static ConnectionDelegate Use(ConnectionDelegate next) => async connection =>
    {
        if (OperatingSystem.IsWindows() || connection.Features.Get<IConnectionSocketFeature>() is not { Socket: var socket })
        {
            await next(connection).ConfigureAwait(false);
            return;
        }

        var transport = connection.Transport;
        var stream = new NetworkStream(socket, ownsSocket: false);
        await using (stream.ConfigureAwait(false))
        {
            var sender = new FileSender(socket, Create(stream, new StreamPipeWriterOptions(MemoryPool<byte>.Shared, SendSize, leaveOpen: true)));
            connection.Features.Set(sender);
            connection.Transport = new Duplex(transport.Input, sender);
            await next(connection).ConfigureAwait(false);
            connection.Transport = transport;
        }
    };

    /// <summary>Sends a part of a file as the body, or the next part of the body, of a response that has been started.</summary>
    /// <param name="file">The file.</param>
    /// <param name="start">The position of the first byte.</param>
    /// <param name="length">The number of bytes.</param>
    /// <param name="body">The body of the response on this connection.</param>
    /// <param name="cancellationToken">Stops between two parts.</param>
    public async Task SendAsync(FileStream file, long start, long length, PipeWriter body, CancellationToken cancellationToken)
    {
        (_file, _position) = (file, start);
        try
        {
            for (var end = start + length; _position < end;)
            {
                var part = (int)Math.Min(PartSize, end - _position);
                if (RandomAccess.GetLength(file.SafeFileHandle) < _position + part)
                {
                    throw new EndOfStreamException("The file is shorter than the hub said.");
                }

                // Kestrel counts what is written for the rate of a slow client, and not what is only advanced. The placeholder is copied onto itself, which costs nothing.
                if ((await body.WriteAsync(Placeholder.AsMemory(0, part), cancellationToken).ConfigureAwait(false)).IsCompleted)
                {
                    return;
                }
            }
        }
        finally
        {
            _file = null;
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _file is null ? _output.GetMemory(sizeHint) : Placeholder;

    public override Span<byte> GetSpan(int sizeHint = 0) => _file is null ? _output.GetSpan(sizeHint) : Placeholder;

    public override void Advance(int bytes)
    {
        if (_file is null)
        {
            _output.Advance(bytes);
        }
        else
        {
            _unsent += bytes;
        }
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var result = await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (_unsent > 0)
            {
                await SendUnsentAsync().ConfigureAwait(false);
            }

            return result;
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // The client has closed the connection.
            return new FlushResult(isCanceled: false, isCompleted: true);
        }
    }

    public override void CancelPendingFlush() => _output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _output.Complete(exception);

    private async Task SendUnsentAsync()
    {
        using var sending = new SocketAsyncEventArgs { SendPacketsElements = [new SendPacketsElement(_file!, _position, _unsent)] };
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sending.Completed += (_, _) => end.SetResult();
        if (_socket.SendPacketsAsync(sending))
        {
            await end.Task.ConfigureAwait(false);
        }

        if (sending.SocketError != SocketError.Success || sending.BytesTransferred < _unsent)
        {
            throw new SocketException((int)sending.SocketError);
        }

        (_position, _unsent) = (_position + _unsent, 0);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
