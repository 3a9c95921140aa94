using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace MlHub.Server;

/// <summary>The part of a file that is asked for.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many bytes; 0 where the range begins behind the end.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>
    /// Reads a <c>Range</c> header (RFC 9110 §14.2). Another unit than bytes, what is malformed, and several ranges at once are ignored, as the
    /// standard allows: the whole file is sent then.
    /// </summary>
    public static ByteRange? Read(StringValues header, long length)
    {
        if (!RangeHeaderValue.TryParse(header.ToString(), out var range) || !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase) || range.Ranges.Count != 1)
        {
            return null;
        }

        var only = range.Ranges.Single();
        if (only.From is not { } from)
        {
            var last = Math.Min(only.To!.Value, length);
            return new ByteRange(length - last, last);
        }

        return new ByteRange(from, Math.Max(0, Math.Min(only.To ?? long.MaxValue - 1, length - 1) - from + 1));
    }

    /// <summary>The <c>Content-Range</c> of a part, or of none.</summary>
    public string ToContentRange(long length) =>
        Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"bytes */{length}") : string.Create(CultureInfo.InvariantCulture, $"bytes {Start}-{Start + Length - 1}/{length}");
}
