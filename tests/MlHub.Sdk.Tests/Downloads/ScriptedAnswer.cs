using System.Globalization;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A response that the <see cref="ScriptedServer"/> sends unchanged.</summary>
public sealed record ScriptedAnswer(int Status)
{
    public List<KeyValuePair<string, string>> Headers { get; } = [];

    public byte[] Body { get; init; } = [];

    public int PieceSize { get; init; } = 64 * 1024;

    public Func<CancellationToken, Task>? BeforeHead { get; init; }

    public Func<CancellationToken, Task>? BeforePiece { get; init; }

    public ScriptedEnd End { get; init; }

    /// <summary>Whether no response is sent.</summary>
    public bool Silent { get; init; }

    public ScriptedAnswer With(string name, string value)
    {
        Headers.Add(new(name, value));
        return this;
    }

    /// <summary>A plain response with the correct length.</summary>
    public static ScriptedAnswer Of(int status, byte[] body) =>
        new ScriptedAnswer(status) { Body = body }.With("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture));
}
