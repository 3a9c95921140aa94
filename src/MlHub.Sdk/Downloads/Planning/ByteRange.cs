using System.Globalization;

namespace MlHub.Sdk.Downloads.Planning;

/// <summary>A range of bytes, from <c>Start</c> (included) to <c>End</c> (excluded).</summary>
internal readonly record struct ByteRange(long Start, long End)
{
    internal long Length => End - Start;

    /// <summary>The value of a <c>Range</c> header, which includes the last position (RFC 9110 §14.1.2).</summary>
    internal string ToHeader() => string.Create(CultureInfo.InvariantCulture, $"bytes={Start}-{End - 1}");
}
