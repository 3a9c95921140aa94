using System.Globalization;
using System.Text;

namespace MlHub.Cli;

/// <summary>The number of terminal columns that a text takes (Unicode UAX 11), and functions that fit a text to a width.</summary>
internal static class TextWidth
{
    // Wide and fullwidth characters: East Asian scripts and emoji. The ranges are approximate, but right for common text.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x23E9, 0x23F3), (0x25FD, 0x25FE), (0x2614, 0x2615), (0x2648, 0x2653), (0x26A1, 0x26A1), (0x26AA, 0x26AB),
        (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728), (0x274C, 0x274C), (0x2753, 0x2757), (0x2795, 0x2797), (0x2B1B, 0x2B1C), (0x2B50, 0x2B55),
        (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F), (0xFF00, 0xFF60), (0xFFE0, 0xFFE6),
        (0x1F000, 0x1F02F), (0x1F0CF, 0x1F0CF), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F200, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F7E0, 0x1F7EB), (0x1F900, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    /// <summary>The text, or its beginning and its end with <c>…</c> between them.</summary>
    public static string CutMiddle(string text, int width)
    {
        if (Of(text) <= width)
        {
            return text;
        }

        var runes = text.EnumerateRunes().ToArray();
        var (first, last) = (0, runes.Length);
        for (var available = width - 1; available > 0;)
        {
            // Characters are taken from both ends, because the end of a name often distinguishes files.
            var fromStart = first <= runes.Length - last;
            var next = fromStart ? runes[first] : runes[last - 1];
            available -= Of(next);
            if (available < 0)
            {
                break;
            }

            _ = fromStart ? first++ : last--;
        }

        return $"{Join(runes[..first])}…{Join(runes[last..])}";
    }

    /// <summary>The text, followed by spaces up to a width.</summary>
    public static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Of(text)));

    private static string Join(Rune[] runes) => string.Concat(runes.Select(rune => rune.ToString()));

    private static int Of(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0
        : Array.Exists(Wide, range => rune.Value >= range.First && rune.Value <= range.Last) ? 2
        : 1;
}
