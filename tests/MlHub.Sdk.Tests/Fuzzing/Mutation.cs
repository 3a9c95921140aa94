using System.Globalization;
using System.Text;

namespace MlHub.Sdk.Tests.Fuzzing;

/// <summary>One input of a corpus with a few changes.</summary>
internal sealed class Mutation(int seed, IReadOnlyList<byte[]> corpus)
{
    private const int MostBytes = 64 * 1024;

    /// <summary>What parsers tend to get wrong: limits of numbers, odd Unicode, and the characters that the formats are made of.</summary>
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "0", "-1", "00", "1e999", "-0", "+5", "255", "2147483647", "2147483648", "4294967296", "9223372036854775806", "9223372036854775807", "9223372036854775808",
            "18446744073709551616", "99999999999999999999999", "1.5", "NaN", "-Infinity", "null", "true", "[]", "{}", "\"\"", "[[[[[[[[", "{\"a\":", "\\ud800", "\\u0000", "\"\\udc00\":1,",
            "\"", "'", "\\", "/", "*", "-", "+", "=", ":", ";", ",", ".", "..", "%", "%(", ")s", "%00", "%2F", "%E2", "?", "&", "#", "@", "[", "]", "{", "}", "(", ")", "<", ">",
            " ", "\t", "\r", "\n", "\r\n", "\0", "\u007F", "\u0085", "\u00A0", "\u2028", "\uFEFF", "\u202E", "é", "İ", "K", "٣", "🔑", "W/", "bytes", "bytes=", "none", "gzip", "chunked",
            "Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "0001-01-01T00:00:00", "9999-12-31T23:59:60.99999999Z", "+23:59", "next", "links", "features", "id",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0, 0, 0, 0], [255, 255, 255, 255], [255, 255, 255, 127], [0, 0, 0, 128], [0x1F, 0x8B],
    ];

    private readonly Random _random = new(seed);

    public byte[] Make()
    {
        List<byte> bytes = [.. Pick(corpus)];
        var changes = 1 + _random.Next(_random.Next(2) == 0 ? 2 : 8);
        for (var change = 0; change < changes; change++)
        {
            Change(bytes);
        }

        return [.. bytes.Take(MostBytes)];
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = _random.Next(Math.Min(bytes.Count - at, _random.Next(4) == 0 ? int.MaxValue : 16) + 1);
        switch (_random.Next(10))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                Replace(bytes, at, 0, Pick(Tokens));
                break;
            case 4:
                Replace(bytes, at, length, Pick(Tokens));
                break;
            case 5:
                Replace(bytes, _random.Next(bytes.Count + 1), 0, bytes.GetRange(at, length));
                break;
            case 6:
                Splice(bytes, at);
                break;
            case 7:
                ReplaceNumber(bytes, at);
                break;
            case 8 when _random.Next(20) == 0 && length > 0:
                var piece = bytes.GetRange(at, length);
                Replace(bytes, at, 0, [.. Enumerable.Repeat(piece, _random.Next(Math.Max(1, (MostBytes - bytes.Count) / length))).SelectMany(copy => copy)]);
                break;
            case 9:
                bytes.RemoveRange(at, _random.Next(8) == 0 ? bytes.Count - at : 0);
                break;
        }
    }

    /// <summary>The beginning of this input and the end of another.</summary>
    private void Splice(List<byte> bytes, int at)
    {
        var other = Pick(corpus);
        Replace(bytes, at, bytes.Count - at, other[_random.Next(other.Length + 1)..]);
    }

    /// <summary>Changes the next number a little, or to a limit.</summary>
    private void ReplaceNumber(List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, value => char.IsAsciiDigit((char)value));
        if (start < 0)
        {
            return;
        }

        var end = bytes.FindIndex(start, value => !char.IsAsciiDigit((char)value)) is >= 0 and var found ? found : bytes.Count;
        var digits = Encoding.ASCII.GetString([.. bytes.GetRange(start, end - start)]);
        var number = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? unchecked(value + _random.Next(-2, 3)).ToString(CultureInfo.InvariantCulture)
            : "9";
        Replace(bytes, start, end - start, _random.Next(3) == 0 ? Pick(Tokens[..16]) : Encoding.ASCII.GetBytes(number));
    }

    private static void Replace(List<byte> bytes, int at, int length, IEnumerable<byte> with)
    {
        bytes.RemoveRange(at, length);
        bytes.InsertRange(at, with);
    }

    private T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];
}
