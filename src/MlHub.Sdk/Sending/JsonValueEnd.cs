using System.Buffers;

namespace MlHub.Sdk;

/// <summary>
/// Finds the end of a JSON value in bytes that arrive in pieces. It only counts brackets and skips strings. The parser decides later whether the value is valid
/// JSON.
/// </summary>
internal struct JsonValueEnd
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> AfterScalar = SearchValues.Create(" \t\r\n,:]}\"{["u8);

    private int _depth;
    private bool _isInText;
    private bool _isEscaped;

    /// <summary>The maximum nesting depth of objects and arrays.</summary>
    public int Deepest { get; private set; }

    /// <summary>Whether no bracket or string is open: the value is a number or a literal, which may end with the body.</summary>
    public readonly bool IsScalar => Deepest == 0 && !_isInText;

    /// <summary>Scans the next piece.</summary>
    /// <returns>The number of bytes that belong to the value, or -1 if the value continues after the piece.</returns>
    public int Find(ReadOnlySpan<byte> piece)
    {
        var at = 0;
        while (at < piece.Length)
        {
            var rest = piece[at..];
            if (_isEscaped)
            {
                _isEscaped = false;
                at++;
                continue;
            }

            var found = _isInText ? rest.IndexOfAny((byte)'"', (byte)'\\')
                : _depth > 0 || Structure.Contains(rest[0]) ? rest.IndexOfAny(Structure)
                : rest.IndexOfAny(AfterScalar);
            if (found < 0)
            {
                return -1;
            }

            if (!_isInText && _depth == 0 && !IsOpening(rest[found]))
            {
                return at + found;
            }

            at += found + 1;
            Pass(rest[found]);
            if (_depth == 0 && !_isInText)
            {
                return at;
            }
        }

        return -1;
    }

    private static bool IsOpening(byte character) => character is (byte)'"' or (byte)'{' or (byte)'[';

    private void Pass(byte character)
    {
        switch (character)
        {
            case (byte)'\\':
                _isEscaped = true;
                break;
            case (byte)'"':
                _isInText = !_isInText;
                break;
            case (byte)'{' or (byte)'[':
                Deepest = Math.Max(Deepest, ++_depth);
                break;
            default:
                _depth--;
                break;
        }
    }
}
