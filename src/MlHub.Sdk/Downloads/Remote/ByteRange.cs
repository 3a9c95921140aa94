using System.Globalization;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>Bytes of a file, from the first up to, and not including, the end.</summary>
internal readonly record struct ByteRange(long Start, long End)
{
    internal long Length => End - Start;

    /// <summary>The header's value, whose last position is included (RFC 9110 §14.1.2).</summary>
    internal string ToHeader() => string.Create(CultureInfo.InvariantCulture, $"bytes={Start}-{End - 1}");
}
