namespace MlHub.Sdk;

/// <summary>One <c>key = value</c> of a profiles file, with the lines it stands on.</summary>
/// <param name="key">The key in lower case.</param>
/// <param name="line">The index of its line, from 0.</param>
/// <param name="value">The value on that line.</param>
internal sealed class ProfileEntry(string key, int line, string value)
{
    private readonly List<string> _parts = [value];

    internal string Key { get; } = key;

    internal int Line { get; } = line;

    /// <summary>The indexes of the lines that continue the value; never blank ones or comments.</summary>
    internal List<int> Continuations { get; } = [];

    internal int LastLine => Continuations.Count == 0 ? Line : Continuations[^1];

    /// <summary>The value as it stands, before interpolation.</summary>
    internal string RawValue => PythonText.StripEnd(string.Join('\n', _parts));

    internal void Continue(int index, string content)
    {
        Continuations.Add(index);
        _parts.Add(content);
    }

    /// <summary>An empty line may belong to the value; what follows it decides.</summary>
    internal void ContinueEmpty() => _parts.Add("");
}
