using System.Globalization;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>An answer for the <see cref="ScriptedServer"/> to give, to the letter.</summary>
public sealed record ScriptedAnswer(int Status)
{
    public List<KeyValuePair<string, string>> Headers { get; } = [];

    public byte[] Body { get; init; } = [];

    public int PieceSize { get; init; } = 64 * 1024;

    public Func<CancellationToken, Task>? BeforePiece { get; init; }

    public ScriptedEnd End { get; init; }

    public ScriptedAnswer With(string name, string value)
    {
        Headers.Add(new(name, value));
        return this;
    }

    /// <summary>A plain answer with the length that its body has.</summary>
    public static ScriptedAnswer Of(int status, byte[] body) =>
        new ScriptedAnswer(status) { Body = body }.With("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture));

    /// <summary>What a good server answers: the file, or the range of it, under the ETag given; If-Range is obeyed.</summary>
    public static ScriptedAnswer File(ScriptedRequest request, byte[] file, string? etag = "\"v1\"", string? lastModified = null)
    {
        var isSame = request.Header("If-Range") is not { } condition || condition == etag;
        var answer = request.Range is var (start, last) && isSame ? Part(file, start, last) : Of(200, file);
        if (etag is not null)
        {
            answer.With("ETag", etag);
        }

        return lastModified is null ? answer : answer.With("Last-Modified", lastModified);
    }

    private static ScriptedAnswer Part(byte[] file, int start, int? last)
    {
        if (start >= file.Length)
        {
            return Of(416, []).With("Content-Range", $"bytes */{file.Length}");
        }

        var end = Math.Min(file.Length, (last ?? file.Length) + 1);
        return Of(206, file[start..end]).With("Content-Range", $"bytes {start}-{end - 1}/{file.Length}");
    }
}
