using System.Text;
using System.Text.Json;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>
/// Reads the JSON values of a text one after the other, and the elements of a long list in them: <c>features</c> of an item collection, or a list at the top. Only one value is in
/// memory. A value that is not JSON is reported with its place, and reading goes on after it where that is possible.
/// </summary>
internal sealed class JsonValues(Stream text) : IDisposable
{
    private const int LargestValue = 64 * 1024 * 1024;
    private const int ReadSize = 256 * 1024;
    private const string List = "features";

    private byte[] _buffer = new byte[ReadSize];
    private int _start;
    private int _filled;
    private long _line = 1;
    private bool _isEnd;
    private bool _isLines;

    /// <summary>All values, in order.</summary>
    internal IEnumerable<JsonValue> ReadAll()
    {
        SkipByteOrderMark();
        while (Peek() is { } first)
        {
            if (first == '[' && !_isLines)
            {
                Take(1);
                foreach (var element in Elements(""))
                {
                    yield return element;
                }
            }
            else if (first != '{' && !_isLines)
            {
                yield return new JsonValue($"line {_line}", default, null, "it is not a JSON object");
                TryTakeLine();
            }
            else if (!_isLines && StartOfList() is { } list)
            {
                Take(list);
                foreach (var element in Elements(List))
                {
                    yield return element;
                }

                TakeRestOfObject();
            }
            else
            {
                yield return ReadTop();
            }
        }
    }

    public void Dispose() => text.Dispose();

    // An object that is not an item collection.
    private JsonValue ReadTop()
    {
        var place = $"line {_line}";
        var length = _isLines ? LengthOfLine() : LengthOfValue(0);
        if (length is { } found && Parse(found) is { } json)
        {
            _isLines |= IsOneLine(found);
            var bytes = _buffer.AsMemory(_start, found);
            Take(found);
            return new JsonValue(place, bytes, json, null);
        }

        var isTooLarge = length is null && !_isEnd;
        var isCut = !TryTakeLine() || (length is null && !isTooLarge);
        return new JsonValue(place, default, null, isTooLarge ? "it is larger than 64 MiB" : isCut ? "it ends too early" : "it is not JSON");
    }

    // The elements up to the bracket that closes the list. A list that breaks off cannot be continued.
    private IEnumerable<JsonValue> Elements(string list)
    {
        for (var index = 0; ; index++)
        {
            var place = $"{list}[{index}]";
            var next = Peek();
            if (index == 0 && next == ']')
            {
                Take(1);
                yield break;
            }

            if (next is null or (byte)']' or (byte)',' || LengthOfValue(0) is not { } length)
            {
                yield return new JsonValue(place, default, null, next is null || _isEnd ? "the file ends too early" : next is (byte)']' or (byte)',' ? "an element of the list is missing" : "it is larger than 64 MiB");
                TakeAll();
                yield break;
            }

            var json = Parse(length);
            var bytes = _buffer.AsMemory(_start, length);
            Take(length);
            yield return new JsonValue(place, bytes, json, json is null ? "it is not JSON" : null);
            next = Peek();
            if (next is (byte)',' or (byte)']')
            {
                Take(1);
            }

            if (next != ',')
            {
                if (next != ']')
                {
                    yield return new JsonValue($"{list}[{index + 1}]", default, null, next is null ? "the file ends too early" : "a comma is missing before it");
                    TakeAll();
                }

                yield break;
            }
        }
    }

    // The number of bytes up to the first element of "features" in the object that begins here. Null if it has no such list, or only after 64 MiB.
    private int? StartOfList()
    {
        var at = 1;
        while (PeekAt(ref at) == '"' && LengthOfValue(at) is { } nameLength)
        {
            var isList = _buffer.AsSpan(_start + at, nameLength).SequenceEqual("\"features\""u8);
            at += nameLength;
            if (PeekAt(ref at) != ':')
            {
                return null;
            }

            at++;
            if (PeekAt(ref at) == '[' && isList)
            {
                return at + 1;
            }

            if (LengthOfValue(at) is not { } valueLength)
            {
                return null;
            }

            at += valueLength;
            if (PeekAt(ref at) != ',')
            {
                return null;
            }

            at++;
        }

        return null;
    }

    private void TakeRestOfObject()
    {
        while (Peek() == ',')
        {
            Take(1);
            if (Peek() != '"' || LengthOfValue(0) is not { } name)
            {
                break;
            }

            Take(name);
            if (Peek() != ':')
            {
                break;
            }

            Take(1);
            Peek();
            if (LengthOfValue(0) is not { } value)
            {
                break;
            }

            Take(value);
        }

        if (Peek() == '}')
        {
            Take(1);
        }
        else
        {
            TakeAll();
        }
    }

    private JsonElement? Parse(int length)
    {
        try
        {
            return LenientJson.Parse(_buffer.AsSpan(_start, length));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Null if the value does not end, or is too large.
    private int? LengthOfValue(int from)
    {
        var end = default(JsonValueEnd);
        var scanned = from;
        do
        {
            var found = end.Find(_buffer.AsSpan(_start + scanned, _filled - _start - scanned));
            if (found >= 0)
            {
                return scanned + found - from is > 0 and var length ? length : null;
            }

            scanned = _filled - _start;
        }
        while (scanned <= LargestValue && Fill());

        return end.IsScalar && _isEnd && scanned > from ? scanned - from : null;
    }

    private int? LengthOfLine()
    {
        var at = 0;
        while (true)
        {
            if (_buffer.AsSpan(_start + at, _filled - _start - at).IndexOf((byte)'\n') is >= 0 and var found)
            {
                return at + found;
            }

            at = _filled - _start;
            if (at > LargestValue)
            {
                return null;
            }

            if (!Fill())
            {
                return at;
            }
        }
    }

    // Whether nothing else stands in the lines of a value.
    private bool IsOneLine(int length)
    {
        if (_buffer.AsSpan(_start, length).Contains((byte)'\n'))
        {
            return false;
        }

        var at = length;
        while (_start + at < _filled || Fill())
        {
            switch (_buffer[_start + at])
            {
                case (byte)'\n':
                    return true;
                case (byte)' ' or (byte)'\r' or (byte)'\t':
                    at++;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private void SkipByteOrderMark()
    {
        while (_filled < Encoding.UTF8.Preamble.Length && Fill())
        {
        }

        if (_buffer.AsSpan(0, _filled).StartsWith(Encoding.UTF8.Preamble))
        {
            Take(Encoding.UTF8.Preamble.Length);
        }
    }

    // The next character that is not white space, which becomes the first one. Null at the end. RFC 8142 puts a record separator before each value.
    private byte? Peek()
    {
        while (_start < _filled || Fill())
        {
            var next = _buffer[_start];
            if (next is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0x1E))
            {
                return next;
            }

            Take(1);
        }

        return null;
    }

    private byte? PeekAt(ref int at)
    {
        while (_start + at < _filled || (at <= LargestValue && Fill()))
        {
            var next = _buffer[_start + at];
            if (next is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return next;
            }

            at++;
        }

        return null;
    }

    private void Take(int count)
    {
        _line += _buffer.AsSpan(_start, count).Count((byte)'\n');
        _start += count;
    }

    // Whether there is an end of the line.
    private bool TryTakeLine()
    {
        while (true)
        {
            if (_buffer.AsSpan(_start, _filled - _start).IndexOf((byte)'\n') is >= 0 and var found)
            {
                Take(found + 1);
                return true;
            }

            Take(_filled - _start);
            if (!Fill())
            {
                return false;
            }
        }
    }

    private void TakeAll()
    {
        do
        {
            Take(_filled - _start);
        }
        while (Fill());
    }

    // Reads more behind what is there. The first bytes move to the beginning of the buffer.
    private bool Fill()
    {
        if (_isEnd)
        {
            return false;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _filled - _start).CopyTo(_buffer);
            (_start, _filled) = (0, _filled - _start);
        }

        if (_filled == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var count = text.Read(_buffer, _filled, _buffer.Length - _filled);
        _filled += count;
        _isEnd = count == 0;
        return count > 0;
    }
}
