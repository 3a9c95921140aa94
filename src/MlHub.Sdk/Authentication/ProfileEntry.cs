namespace MlHub.Sdk;

/// <summary>A <c>key = value</c> entry of a profiles file, with its lines.</summary>
/// <param name="key">The key in lower case.</param>
/// <param name="line">The index of its line, from 0.</param>
/// <param name="value">The value on that line.</param>
internal sealed class ProfileEntry(string key, int line, string value)
{
    private readonly List<string> _parts = [value];

    internal string Key { get; } = key;

    internal int Line { get; } = line;

    /// <summary>The indexes of the lines that continue the value, without blank lines and comments.</summary>
    internal List<int> Continuations { get; } = [];

    internal int LastLine => Continuations.Count == 0 ? Line : Continuations[^1];

    /// <summary>The value before interpolation.</summary>
    internal string RawValue => PythonText.StripEnd(string.Join('\n', _parts));

    internal void Continue(int index, string content)
    {
        Continuations.Add(index);
        _parts.Add(content);
    }

    /// <summary>An empty line may belong to the value, depending on the next line.</summary>
    internal void ContinueEmpty() => _parts.Add("");
}
