using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace MlHub.Server;

/// <summary>The requested part of a file.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">The number of bytes; 0 if the range begins after the end of the file.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>
    /// Reads a <c>Range</c> header (RFC 9110 §14.2). Units other than bytes, malformed headers, and several ranges are ignored, as the standard
    /// allows. The whole file is sent in these cases.
    /// </summary>
    public static ByteRange? Read(StringValues header, long length)
    {
        if (!RangeHeaderValue.TryParse(header.ToString(), out var range) || !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase) || range.Ranges.Count != 1)
        {
            return null;
        }

        var single = range.Ranges.Single();
        if (single.From is not { } from)
        {
            var last = Math.Min(single.To!.Value, length);
            return new ByteRange(length - last, last);
        }

        return new ByteRange(from, Math.Max(0, Math.Min(single.To ?? long.MaxValue - 1, length - 1) - from + 1));
    }

    /// <summary>The <c>Content-Range</c> of the range, or of a 416 if it is empty.</summary>
    public string ToContentRange(long length) =>
        Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"bytes */{length}") : string.Create(CultureInfo.InvariantCulture, $"bytes {Start}-{Start + Length - 1}/{length}");
}
