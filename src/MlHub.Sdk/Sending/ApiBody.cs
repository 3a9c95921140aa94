using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>
/// The body of a response: JSON that is read value by value while it arrives. Only one value and the bytes read ahead are in memory at a time. A body that is
/// not the expected JSON causes an exception, and never a null or an empty object.
/// </summary>
internal sealed class ApiBody : IDisposable
{
    /// <summary>The maximum size of one value: an entity of a list, or the whole of any other response.</summary>
    public const int MaxValueBytes = 64 * 1024 * 1024;

    /// <summary>The maximum nesting depth of one value. It is also the limit of System.Text.Json.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// The number of bytes that are read in advance. A caller may take minutes between two entities of a list. A page of up to this size is completely received
    /// by then, so the server cannot time out.
    /// </summary>
    private const int ReadAhead = 8 * 1024 * 1024;

    private const int ReadSize = 64 * 1024;
    private const int ByteOrderMarkLength = 3;

    private readonly HttpResponseMessage _response;
    private readonly ApiKeyGuard _guard;
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: ReadAhead, resumeWriterThreshold: ReadAhead / 2, minimumSegmentSize: ReadSize, useSynchronizationContext: false));

    private readonly CancellationTokenSource _stop = new();
    private Task? _filling;
    private Exception? _fault;
    private long _position;
    private long _received;
    private bool _endedEarly;

    public ApiBody(HttpResponseMessage response, ApiKeyGuard guard)
    {
        _response = response;
        _guard = guard;
    }

    /// <summary>Reads all of a body as one value.</summary>
    /// <exception cref="MlHubException">The body is not JSON, too large or too deep, or it broke off.</exception>
    public static async Task<JsonElement> ReadJsonAsync(HttpResponseMessage response, ApiKeyGuard guard, CancellationToken cancellationToken)
    {
        using var body = new ApiBody(response, guard);
        try
        {
            var value = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            await body.EndAsync(cancellationToken).ConfigureAwait(false);
            return value;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw body.Explain(e, place: null);
        }
    }

    /// <summary>Whether reading failed because of the body, and not because of a bug or a cancellation.</summary>
    public static bool IsUnreadable(Exception e) => e is JsonException or HttpRequestException or IOException or TimeoutException;

    /// <summary>The exception for valid JSON of the wrong type.</summary>
    public static MlHubException WrongShape(string what) => new($"The server's JSON is not {what}. Is the root URL that of an MLHub API?");

    /// <summary>Returns the next character that is not white space, without consuming it. -1 at the end.</summary>
    public async ValueTask<int> PeekAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await MoreAsync(cancellationToken).ConfigureAwait(false);
            var space = SpaceBefore(read.Buffer, isStart: _position < ByteOrderMarkLength, out var character);
            Take(read.Buffer.GetPosition(space), space);
            if (character >= 0 || read.IsCompleted)
            {
                return character >= 0 ? character : EndOfBody();
            }
        }
    }

    /// <summary>Consumes the next character that is not white space. -1 at the end.</summary>
    public async ValueTask<int> NextAsync(CancellationToken cancellationToken)
    {
        var character = await PeekAsync(cancellationToken).ConfigureAwait(false);
        if (character >= 0)
        {
            var read = await MoreAsync(cancellationToken).ConfigureAwait(false);
            Take(read.Buffer.GetPosition(1), 1);
        }

        return character;
    }

    /// <summary>Consumes the next value.</summary>
    /// <exception cref="JsonException">It is not JSON, too large or too deep.</exception>
    public async ValueTask<JsonElement> ReadAsync(CancellationToken cancellationToken)
    {
        await PeekAsync(cancellationToken).ConfigureAwait(false);
        var end = default(JsonValueEnd);
        var scanned = 0L;
        while (true)
        {
            var read = await MoreAsync(cancellationToken).ConfigureAwait(false);
            var length = FindEnd(ref end, read.Buffer, scanned);
            length = length < 0 && read.IsCompleted && end.IsScalar ? read.Buffer.Length : length;
            CheckLimits(end, length < 0 ? read.Buffer.Length : length);
            if (length >= 0)
            {
                var bytes = read.Buffer.Slice(0, length);
                var value = bytes.IsSingleSegment ? LenientJson.Parse(bytes.FirstSpan) : Parse(bytes);
                Take(bytes.End, length);
                return value;
            }

            scanned = read.Buffer.Length;
            _pipe.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            ThrowIfOver(read);
        }
    }

    /// <summary>Skips the next value, which may have any size.</summary>
    public async ValueTask SkipAsync(CancellationToken cancellationToken)
    {
        await PeekAsync(cancellationToken).ConfigureAwait(false);
        var end = default(JsonValueEnd);
        var start = _position;
        while (true)
        {
            var read = await MoreAsync(cancellationToken).ConfigureAwait(false);
            var length = FindEnd(ref end, read.Buffer, scanned: 0);
            var passed = length < 0 ? read.Buffer.Length : length;
            Take(read.Buffer.GetPosition(passed), passed);
            if (length >= 0)
            {
                if (_position == start)
                {
                    throw new JsonException("A JSON value is missing.");
                }

                return;
            }

            ThrowIfOver(read);
        }
    }

    /// <exception cref="JsonException">The body continues after the value.</exception>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (await PeekAsync(cancellationToken).ConfigureAwait(false) >= 0)
        {
            throw new JsonException("There is more text after the JSON.");
        }
    }

    /// <summary>Creates the exception for a failed read.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="place">Where it was, such as <c>features[3]</c>; null for the whole body.</param>
    public MlHubException Explain(Exception e, string? place)
    {
        var url = RedactedUrl.OfCall(_response.RequestMessage?.RequestUri);
        var at = place is null ? "" : $" at {place}";
        var type = _response.Content.Headers.ContentType?.MediaType ?? "no content type";
        var message = e switch
        {
            LimitExceededException when place is null => $"The server's JSON {e.Message}, for {url}. SendAsync or \"mlhub get\" fetches it without parsing it.",
            LimitExceededException => $"The server's JSON{at} {e.Message}, for {url}.",
            JsonException when _received == 0 => $"The server's response is empty ({type}), for {url}. Is the root URL that of an MLHub API?",
            JsonException when _endedEarly => $"The server's response ends in the middle of its JSON ({type}){at}, byte {_received}, for {url}. Try again.",
            JsonException when _position == 0 => $"The server's response is not valid JSON ({type}), for {url}. Is the root URL that of an MLHub API?",
            JsonException => $"The server's response is not valid JSON ({type}){at}, byte {_position}, for {url}.",
            UndecodableBodyException undecodable => $"The server's response {undecodable.What}, for {url}.",
            TimeoutException => $"The server stalled in the middle of its response ({e.Message}), for {url}. Try again.",
            _ => $"The connection broke in the middle of the response, for {url}. Try again.",
        };
        return _guard.Scrub(new MlHubException(message, e) { StatusCode = _response.StatusCode, RequestUrl = url });
    }

    public void Dispose()
    {
        // The token cancels a running read, and filling ends with it.
        _stop.Cancel();
        _stop.Dispose();
        _pipe.Reader.Complete();
    }

    /// <summary>The length of leading white space. At the start of a body a byte order mark counts as white space (RFC 8259 §8.1).</summary>
    private static int SpaceBefore(ReadOnlySequence<byte> buffer, bool isStart, out int character)
    {
        var reader = new SequenceReader<byte>(buffer);
        reader.AdvancePastAny(isStart ? [0xEF, 0xBB, 0xBF, .. " \t\r\n"u8] : " \t\r\n"u8);
        character = reader.TryPeek(out var next) ? next : -1;
        return (int)reader.Consumed;
    }

    private static long FindEnd(ref JsonValueEnd end, ReadOnlySequence<byte> buffer, long scanned)
    {
        foreach (var piece in buffer.Slice(scanned))
        {
            var found = end.Find(piece.Span);
            if (found >= 0)
            {
                return scanned + found;
            }

            scanned += piece.Length;
        }

        return -1;
    }

    private static JsonElement Parse(ReadOnlySequence<byte> bytes)
    {
        var rented = ArrayPool<byte>.Shared.Rent((int)bytes.Length);
        try
        {
            bytes.CopyTo(rented);
            return LenientJson.Parse(rented.AsSpan(0, (int)bytes.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void CheckLimits(JsonValueEnd end, long length)
    {
        if (length > MaxValueBytes)
        {
            throw new LimitExceededException($"is larger than {MaxValueBytes / 1024 / 1024} MiB, the maximum size of one value");
        }

        if (end.Deepest > MaxDepth)
        {
            throw new LimitExceededException($"is nested deeper than {MaxDepth} levels");
        }
    }

    private ValueTask<ReadResult> MoreAsync(CancellationToken cancellationToken)
    {
        _filling ??= FillAsync(_stop.Token);
        return _pipe.Reader.ReadAsync(cancellationToken);
    }

    private void Take(SequencePosition consumed, long count)
    {
        _position += count;
        _pipe.Reader.AdvanceTo(consumed);
    }

    private int EndOfBody()
    {
        RethrowFault();
        _endedEarly = true;
        return -1;
    }

    /// <summary>The bytes received before a fault are returned before the fault is thrown.</summary>
    private void RethrowFault()
    {
        if (_fault is not null)
        {
            ExceptionDispatchInfo.Throw(_fault);
        }
    }

    private void ThrowIfOver(ReadResult read)
    {
        if (read.IsCompleted)
        {
            RethrowFault();
            _endedEarly = true;
            throw new JsonException("It ends too early.");
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            var body = await _response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                var json = await BodyCoding.JsonAsync(body, cancellationToken).ConfigureAwait(false);
                int count;
                do
                {
                    count = await json.ReadAsync(_pipe.Writer.GetMemory(ReadSize / 4), cancellationToken).ConfigureAwait(false);
                    _pipe.Writer.Advance(count);
                    _received += count;
                }
                while (count > 0 && !(await _pipe.Writer.FlushAsync(cancellationToken).ConfigureAwait(false)).IsCompleted);
            }
        }
        catch (Exception e)
        {
            _fault = e;
        }
        finally
        {
            await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A value exceeds a limit.</summary>
    private sealed class LimitExceededException(string message) : JsonException(message);
}
