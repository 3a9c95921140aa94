using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MlHub.Cli;

/// <summary>Standard output as text, in UTF-8 without a byte order mark, buffered.</summary>
internal sealed class StandardOutput(Stream stream)
{
    // EPIPE; on Windows ERROR_BROKEN_PIPE and ERROR_NO_DATA.
    private static readonly int[] PipeErrors = [32, unchecked((int)0x8007006D), unchecked((int)0x800700E8)];

    /// <summary>Standard output of the process.</summary>
    /// <remarks>
    /// .NET's console stream ignores a closed pipe, so that <c>mlhub items list … --all | head -1</c> would fetch all pages
    /// for nothing. It is still used for a file, which may share its offset with other processes.
    /// </remarks>
    public static Stream OfProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = Encoding.UTF8;
            return Console.OpenStandardOutput();
        }

        if (!Console.IsOutputRedirected)
        {
            return Console.OpenStandardOutput();
        }

        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }

    public TextWriter Writer { get; } = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16384, leaveOpen: true);

    public Task WriteAsync(string text) => TranslateErrorsAsync(() => Writer.WriteAsync(text));

    public Task WriteLineAsync(string line) => WriteAsync($"{line}\n");

    public Task FlushAsync() => TranslateErrorsAsync(Writer.FlushAsync);

    /// <summary>Like <see cref="FlushAsync"/>, but ignores errors, because a more important error is about to be reported.</summary>
    public async Task TryFlushAsync() => await Writer.FlushAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Copies bytes unchanged.</summary>
    public async Task CopyAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            await WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Copies UTF-8 text to a terminal. Nothing in it colours the screen or moves the cursor.</summary>
    public async Task CopyTextAsync(Stream body, CancellationToken cancellationToken)
    {
        using var text = new StreamReader(body, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var buffer = new char[16 * 1024];
        int read;
        while ((read = await text.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            await WriteAsync(PlainText.Lines(buffer.AsSpan(0, read))).ConfigureAwait(false);
        }
    }

    private Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        TranslateErrorsAsync(() => stream.WriteAsync(bytes, cancellationToken).AsTask());

    /// <summary>Writes, and replaces errors by ones with clear messages.</summary>
    private static async Task TranslateErrorsAsync(Func<Task> write)
    {
        try
        {
            await write().ConfigureAwait(false);
        }
        catch (IOException error) when (PipeErrors.Contains(error.HResult))
        {
            throw new IOException("standard output was closed by its reader before everything was written", error);
        }
        catch (IOException error)
        {
            throw new IOException($"standard output: {FileErrors.Reason(error)}", error);
        }
        catch (UnauthorizedAccessException error)
        {
            // EBADF: after ">&-" the descriptor belongs to a pipe of the runtime, which cannot be written to.
            throw new IOException("standard output is closed", error);
        }
    }
}
