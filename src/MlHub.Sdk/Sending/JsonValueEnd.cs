using System.Buffers;

namespace MlHub.Sdk;

/// <summary>
/// Finds where a JSON value ends, in bytes that come piece by piece. It only counts brackets and passes over text: whether the value is valid JSON is for the
/// parser to say.
/// </summary>
internal struct JsonValueEnd
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> AfterScalar = SearchValues.Create(" \t\r\n,:]}\"{["u8);

    private int _depth;
    private bool _isInText;
    private bool _isEscaped;

    /// <summary>How many levels of objects and arrays are open at the deepest place.</summary>
    public int Deepest { get; private set; }

    /// <summary>Whether nothing is open: the value is a number or a literal, and the end of the body is its end.</summary>
    public readonly bool IsScalar => Deepest == 0 && !_isInText;

    /// <summary>Looks through the next piece.</summary>
    /// <returns>How many bytes of it belong to the value, or -1 if the value goes on after it.</returns>
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
