using System.Globalization;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>A <c>Content-Range</c> (RFC 9110 §14.4); start and end are null in a 416.</summary>
internal sealed record ContentRange(ByteRange? Range, long? Total)
{
    /// <summary>Parses the value of the header. Null if it is invalid or contradicts itself.</summary>
    internal static ContentRange? Read(string? value)
    {
        if (value is null || !value.StartsWith("bytes ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var text = value.AsSpan("bytes ".Length).Trim();
        var slash = text.IndexOf('/');
        if (slash < 0 || !TryReadTotal(text[(slash + 1)..], out var total))
        {
            return null;
        }

        return text[..slash] is "*" ? new ContentRange(null, total) : ReadRange(text[..slash], total);
    }

    private static ContentRange? ReadRange(ReadOnlySpan<char> text, long? total)
    {
        var dash = text.IndexOf('-');
        return dash > 0 && TryReadNumber(text[..dash], out var first) && TryReadNumber(text[(dash + 1)..], out var last)
            && last >= first && last < long.MaxValue && (total is null || last < total)
            ? new ContentRange(new ByteRange(first, last + 1), total)
            : null;
    }

    private static bool TryReadTotal(ReadOnlySpan<char> text, out long? total)
    {
        var isNumber = TryReadNumber(text, out var number);
        total = isNumber ? number : null;
        return isNumber || text is "*";
    }

    // .NET itself ignores NULs after the digits.
    private static bool TryReadNumber(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        return !text.ContainsAnyExceptInRange('0', '9') && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
