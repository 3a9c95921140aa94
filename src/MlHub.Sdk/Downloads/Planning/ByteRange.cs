using System.Globalization;

namespace MlHub.Sdk.Downloads.Planning;

/// <summary>Bytes of a file, from <c>Start</c> up to, and not including, <c>End</c>.</summary>
internal readonly record struct ByteRange(long Start, long End)
{
    internal long Length => End - Start;

    /// <summary>The value of a <c>Range</c> header, whose last position is included (RFC 9110 §14.1.2).</summary>
    internal string ToHeader() => string.Create(CultureInfo.InvariantCulture, $"bytes={Start}-{End - 1}");
}
