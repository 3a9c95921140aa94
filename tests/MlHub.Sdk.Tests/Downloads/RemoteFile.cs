using System.Globalization;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A file on a <see cref="ScriptedServer"/>, which a test can change during a download.</summary>
public sealed class RemoteFile(byte[] bytes)
{
    public byte[] Bytes { get; set; } = bytes;

    public string? ETag { get; set; } = "\"v1\"";

    public string? LastModified { get; set; }

    /// <summary>The server's own clock, sent with <see cref="LastModified"/>; null sends none.</summary>
    public string? Date { get; set; } = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Whether If-Range is looked at. Azure, for one, does not.</summary>
    public bool HonoursIfRange { get; set; } = true;

    public bool HonoursRanges { get; set; } = true;

    /// <summary>After so many bytes of a body the connection is reset; null serves to the end.</summary>
    public int? CutAfter { get; set; }

    /// <summary>More headers for answers with a body.</summary>
    public List<KeyValuePair<string, string>> Headers { get; } = [];

    /// <summary>Changes each response before it is sent, for example to make it false.</summary>
    public Func<ScriptedRequest, ScriptedAnswer, ScriptedAnswer>? Twist { get; set; }

    public ScriptedAnswer Answer(ScriptedRequest request)
    {
        var answer = HonoursRanges && request.Range is var (start, last) && IsSame(request) ? Part(start, last) : Whole();
        answer = Dress(answer);
        return Twist is null ? answer : Twist(request, answer);
    }

    private bool IsSame(ScriptedRequest request) => !HonoursIfRange || request.Header("If-Range") is not { } condition || condition == ETag;

    private ScriptedAnswer Whole() => Cut(200, Bytes);

    private ScriptedAnswer Part(int start, int? last)
    {
        if (start >= Bytes.Length)
        {
            return ScriptedAnswer.Of(416, []).With("Content-Range", $"bytes */{Bytes.Length}");
        }

        var end = Math.Min(Bytes.Length, (last ?? Bytes.Length) + 1);
        return Cut(206, Bytes[start..end]).With("Content-Range", $"bytes {start}-{end - 1}/{Bytes.Length}");
    }

    private ScriptedAnswer Cut(int status, byte[] body)
    {
        var isCut = CutAfter < body.Length;
        return new ScriptedAnswer(status) { Body = isCut ? body[..CutAfter!.Value] : body, End = isCut ? ScriptedEnd.Close : ScriptedEnd.KeepAlive }
            .With("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture));
    }

    private ScriptedAnswer Dress(ScriptedAnswer answer)
    {
        if (ETag is not null)
        {
            answer.With("ETag", ETag);
        }

        if (LastModified is not null)
        {
            answer.With("Last-Modified", LastModified);
            if (Date is not null)
            {
                answer.With("Date", Date);
            }
        }

        answer.Headers.AddRange(Headers);
        return answer;
    }
}
