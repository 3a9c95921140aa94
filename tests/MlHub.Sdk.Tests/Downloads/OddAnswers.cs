using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Responses to a range request that are not the range. Those that claim to be another version have other bytes.</summary>
internal static class OddAnswers
{
    private const string Page = "<!DOCTYPE html>\n<html><body>Sign in</body></html>";

    /// <summary>Responses with a body or a status of an existing file.</summary>
    public static readonly string[] NotTheRange =
    [
        "200 whole", "200 whole with Content-Range", "200 with an unreadable Content-Range", "206 without Content-Range", "206 with an impossible Content-Range", "206 shifted", "206 multipart", "416",
    ];

    /// <summary>Responses that indicate another file or version.</summary>
    public static readonly string[] OfAnotherVersion = ["206 other ETag", "206 weak ETag", "206 other date", "206 other total", "416 other total", "200 other ETag"];

    /// <summary>Responses without any byte of the file.</summary>
    public static readonly string[] Refusals =
    [
        "page", "206 gzip", "400", "401", "403", "404", "410", "412", "429", "500", "503", "202", "reset", "206 without a byte",
    ];

    /// <summary>A correct response that breaks in the middle.</summary>
    public const string Truncated = "truncated";

    public static IEnumerable<string> All => [.. NotTheRange, .. OfAnotherVersion, .. Refusals, Truncated];

    public static ScriptedAnswer Of(string kind, ScriptedRequest request, RemoteFile remote)
    {
        var length = remote.Bytes.Length;
        var (start, asked) = request.Range ?? (0, null);
        var last = Math.Min(asked ?? int.MaxValue, length - 1);
        var right = remote.Bytes[start..(last + 1)];
        byte[] wrong = [.. right.Select(value => (byte)(value ^ 0x5A))];
        return kind switch
        {
            "200 whole" => Dress(ScriptedAnswer.Of(200, remote.Bytes), remote),
            "200 whole with Content-Range" => Range(200, remote.Bytes, start, last, length, remote),
            "200 with an unreadable Content-Range" => Dress(ScriptedAnswer.Of(200, right), remote).With("Content-Range", $"bytes={start}-{last}/{length}"),
            "200 other ETag" => ScriptedAnswer.Of(200, wrong).With("ETag", "\"other\""),
            "206 without Content-Range" => Dress(ScriptedAnswer.Of(206, wrong), remote),
            "206 with an impossible Content-Range" => Dress(ScriptedAnswer.Of(206, wrong), remote).With("Content-Range", $"bytes {last}-{start}/{length}"),
            "206 shifted" => Range(206, right[(right.Length / 2)..], start + (right.Length / 2), last, length, remote),
            "206 weak ETag" => ScriptedAnswer.Of(206, wrong).With("ETag", $"W/{remote.ETag}").With("Content-Range", $"bytes {start}-{last}/{length}"),
            "206 multipart" => Multipart(right, start, last, length, remote),
            "206 gzip" => Range(206, Zip(right), start, last, length, remote).With("Content-Encoding", "gzip"),
            "206 other ETag" => ScriptedAnswer.Of(206, wrong).With("ETag", "\"other\"").With("Content-Range", $"bytes {start}-{last}/{length}"),
            "206 other date" => Range(206, wrong, start, last, length, remote).With("Last-Modified", "Mon, 01 Jan 2024 10:00:05 GMT"),
            "206 other total" => Range(206, wrong, start, last, length + 4096, remote),
            "416" => ScriptedAnswer.Of(416, []).With("Content-Range", $"bytes */{length}"),
            "416 other total" => ScriptedAnswer.Of(416, []).With("Content-Range", $"bytes */{start}"),
            "page" => ScriptedAnswer.Of(200, Encoding.ASCII.GetBytes(Page)).With("Content-Type", "text/html"),
            "429" or "503" => ScriptedAnswer.Of(int.Parse(kind, CultureInfo.InvariantCulture), []).With("Retry-After", "0"),
            "reset" => new ScriptedAnswer(200) { BeforeHead = _ => throw new IOException("The server hangs up.") },
            "206 without a byte" => Range(206, right, start, last, length, remote) with { Body = [], End = ScriptedEnd.Reset },
            Truncated => Range(206, right, start, last, length, remote) with { Body = right[..(right.Length / 2)], End = ScriptedEnd.Reset },
            _ => ScriptedAnswer.Of(int.Parse(kind, CultureInfo.InvariantCulture), "No."u8.ToArray()),
        };
    }

    /// <summary>As the only range in a multipart body, cut to the length of the range where that is asked for, so that the length cannot tell.</summary>
    public static ScriptedAnswer Multipart(byte[] range, int start, int last, int length, RemoteFile remote, bool hasRightLength = false)
    {
        var head = $"\r\n--SEP\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {start}-{last}/{length}\r\n\r\n";
        byte[] body = [.. Encoding.ASCII.GetBytes(head), .. range, .. "\r\n--SEP--\r\n"u8];
        return Range(206, hasRightLength ? body[..range.Length] : body, start, last, length, remote).With("Content-Type", "Multipart/ByteRanges; boundary=SEP");
    }

    private static ScriptedAnswer Range(int status, byte[] body, int start, int last, int length, RemoteFile remote) =>
        Dress(ScriptedAnswer.Of(status, body), remote).With("Content-Range", $"bytes {start}-{last}/{length}");

    private static ScriptedAnswer Dress(ScriptedAnswer answer, RemoteFile remote) => remote.ETag is null ? answer : answer.With("ETag", remote.ETag);

    private static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.NoCompression))
        {
            zip.Write(bytes);
        }

        return zipped.ToArray();
    }
}
