using System.Globalization;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>An answer for the <see cref="ScriptedServer"/> to give, to the letter.</summary>
public sealed record ScriptedAnswer(int Status)
{
    public List<KeyValuePair<string, string>> Headers { get; } = [];

    public byte[] Body { get; init; } = [];

    public int PieceSize { get; init; } = 64 * 1024;

    public Func<CancellationToken, Task>? BeforeHead { get; init; }

    public Func<CancellationToken, Task>? BeforePiece { get; init; }

    public ScriptedEnd End { get; init; }

    /// <summary>Whether nothing is answered at all.</summary>
    public bool Silent { get; init; }

    public ScriptedAnswer With(string name, string value)
    {
        Headers.Add(new(name, value));
        return this;
    }

    /// <summary>A plain answer with the length that its body has.</summary>
    public static ScriptedAnswer Of(int status, byte[] body) =>
        new ScriptedAnswer(status) { Body = body }.With("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture));
}
